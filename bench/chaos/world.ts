import type { BotProcess } from '../../sandbox/demo/bot-process';
import { Beat, Caller } from '../../sandbox/caller';
import {
  SANDBOX_CREDENTIALS,
  startSonicSandbox,
  type SandboxSession,
  type SonicSandboxOptions,
  type SonicSandbox,
} from '../../sandbox/sonic/server';
import type { AcceptedCredentials } from '../../sandbox/sonic/sigv4';
import { startBot } from '../bot';
import { span } from '../process';

/** Streams are rotated this often while everything else goes wrong, too. */
const ROTATE_SECONDS = 30;

/** The built bot in a process of its own, the model's sandbox in this one, and callers. */
export class ChaosWorld {
  readonly bot: BotProcess;
  readonly #beat = new Beat();
  #sandbox: SonicSandbox;

  readonly #sandboxOptions: SonicSandboxOptions;

  private constructor(sandbox: SonicSandbox, bot: BotProcess, sandboxOptions: SonicSandboxOptions) {
    this.#sandboxOptions = sandboxOptions;
    this.#sandbox = sandbox;
    this.bot = bot;
  }

  /** @param env of the bot, beside what every bench uses */
  static async start(
    maxCalls: number,
    env: Readonly<Record<string, string | undefined>> = {},
    credentials: AcceptedCredentials = SANDBOX_CREDENTIALS,
  ): Promise<ChaosWorld> {
    const options: SonicSandboxOptions = { voice: 'tone', keepAudioOf: 0, credentials };
    const sandbox = await startSonicSandbox(options);
    try {
      const rotate = String(ROTATE_SECONDS);
      const bot = await startBot(sandbox.url, maxCalls, { NOVA_SONIC_ROTATE_SECONDS: rotate, ...env });
      return new ChaosWorld(sandbox, bot, options);
    } catch (error) {
      await sandbox.close();
      throw error;
    }
  }

  get sandbox(): SonicSandbox {
    return this.#sandbox;
  }

  connect(): Promise<Caller> {
    return Caller.connect({ baseUrl: this.bot.url, beat: this.#beat });
  }

  /** The stream that carries the call in which `tag` was said; undefined while there is none. */
  sessionOf(tag: string): SandboxSession | undefined {
    return this.#sandbox.sessions.findLast(
      ({ endedWith, texts }) => endedWith === undefined && texts.some(({ text }) => text.includes(tag)),
    );
  }

  /** The model's service goes away, and comes back at the same address. */
  async restartSandbox(downMs: number): Promise<void> {
    const { port } = new URL(this.#sandbox.url);
    await this.#sandbox.close();
    await span(downMs);
    this.#sandbox = await startSonicSandbox({ ...this.#sandboxOptions, port: Number(port) });
  }

  /** Lines of the bot's log about one call. */
  linesOf(callId: string, msg: string): Record<string, unknown>[] {
    return this.bot.log.filter((line) => line['callId'] === callId && line['msg'] === msg);
  }

  async stop(): Promise<number | null> {
    const code = await this.bot.stop();
    await this.#sandbox.close();
    return code;
  }
}
