import { join } from 'node:path';
import { type BotProcess, span, startBot } from '../../processes';
import { Beat, Caller, type MediaPath } from '../../../smoke/caller';
import {
  type AcceptedCredentials,
  FAKE_CREDENTIALS,
  type FakeBedrock,
  type FakeBedrockOptions,
  type FakeSession,
  startFakeBedrock,
} from '../../fakes/bedrock';
import { WeatherService } from './weather-service';

/** What the bot loads before anything else, so that its clock can jump and its weather tool stays on loopback. */
const PRELOADED = ['clock-jump.cjs', 'weather-here.cjs'].map((file) => `--require ${join(__dirname, file)}`).join(' ');

/** The built bot in a process of its own, the model's sandbox in this one, and callers. */
export class ChaosEnvironment {
  readonly bot: BotProcess;
  readonly #beat = new Beat();
  readonly #weather: WeatherService;
  #sandbox: FakeBedrock;

  readonly #sandboxOptions: FakeBedrockOptions;

  private constructor(
    sandbox: FakeBedrock,
    bot: BotProcess,
    weather: WeatherService,
    sandboxOptions: FakeBedrockOptions,
  ) {
    this.#weather = weather;
    this.#sandboxOptions = sandboxOptions;
    this.#sandbox = sandbox;
    this.bot = bot;
  }

  /** @param env of the bot, beside what every bench uses */
  static async start(
    maxCalls: number,
    env: Readonly<Record<string, string | undefined>> = {},
    credentials: AcceptedCredentials = FAKE_CREDENTIALS,
  ): Promise<ChaosEnvironment> {
    const options: FakeBedrockOptions = { voice: 'tone', keepAudioOf: 0, credentials };
    const [sandbox, weather] = await Promise.all([startFakeBedrock(options), WeatherService.start()]);
    try {
      const bot = await startBot(sandbox.url, maxCalls, {
        NODE_OPTIONS: PRELOADED,
        CHAOS_WEATHER_URL: weather.url,
        ...env,
      });
      return new ChaosEnvironment(sandbox, bot, weather, options);
    } catch (error) {
      weather.close();
      await sandbox.close();
      throw error;
    }
  }

  get sandbox(): FakeBedrock {
    return this.#sandbox;
  }

  connect(path?: MediaPath): Promise<Caller> {
    return Caller.connect({ baseUrl: this.bot.url, beat: this.#beat, ...(path === undefined ? {} : { path }) });
  }

  /** The stream that carries the call in which `tag` was said; undefined while there is none. */
  sessionOf(tag: string): FakeSession | undefined {
    return this.#sandbox.sessions.findLast(
      // With the full stop that follows it in every sentence: "heron 1" is not "heron 13".
      ({ endedWith, texts }) => endedWith === undefined && texts.some(({ text }) => text.includes(`${tag}.`)),
    );
  }

  /** The model's service goes away, and comes back at the same address. */
  async restartSandbox(downMs: number): Promise<void> {
    const { port } = new URL(this.#sandbox.url);
    await this.#sandbox.close();
    await span(downMs);
    this.#sandbox = await startFakeBedrock({ ...this.#sandboxOptions, port: Number(port) });
  }

  /** Lines of the bot's log about one call. */
  linesOf(callId: string, msg: string): Record<string, unknown>[] {
    return this.bot.log.filter((line) => line['callId'] === callId && line['msg'] === msg);
  }

  async stop(): Promise<number | null> {
    const code = await this.bot.stop();
    this.#weather.close();
    await this.#sandbox.close();
    return code;
  }
}
