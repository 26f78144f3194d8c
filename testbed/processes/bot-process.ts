import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port';

const ROOT = path.join(__dirname, '../..');
/** What the image sets for all of its processes. */
const IMAGE = { MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '32768' };
const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 10_000;

interface BotProcessOptions {
  readonly ownGroup?: boolean;
  readonly program?: string;
}

/** A bot in a process of its own: the built program, as the image runs it. */
export class BotProcess {
  readonly url: string;
  /** Its log, a JSON object a line. */
  readonly log: Record<string, unknown>[] = [];
  readonly #child: ChildProcess;
  readonly #onLine = new Set<() => void>();

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when it has exited, with the exit code; null where a signal ended it. */
  get exited(): Promise<number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return Promise.resolve(exitCode);
    return once(this.#child, 'exit').then(([code]) => code as number | null);
  }

  /**
   * Starts it on 127.0.0.1:`port`, or any free one, and waits until it listens.
   * @param options.ownGroup a terminal's Ctrl-C does not reach it: whoever starts it stops it
   * @param options.program another build's, in place of this one's
   * @throws Error with its own words when it does not
   */
  static async start(
    port: number,
    environment: Readonly<Record<string, string | undefined>>,
    { ownGroup = false, program = 'dist/bot/main.js' }: BotProcessOptions = {},
  ): Promise<BotProcess> {
    const listensOn = await freePort(port);
    const child = spawn(process.execPath, [program], {
      cwd: ROOT,
      env: { ...IMAGE, PATH: process.env['PATH'], HOST: '127.0.0.1', FAST_API_PORT: String(listensOn), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: ownGroup,
    });
    const bot = new BotProcess(child, `http://127.0.0.1:${listensOn}`);
    await bot.#untilListening();
    return bot;
  }

  /** SIGTERM, and SIGKILL when that does not help. Idempotent. */
  async stop(): Promise<number | null> {
    const { exited } = this;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    try {
      return await exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for a log line with this message. @throws Error when the bot exits, or 20 s pass, without one */
  waitForLog(msg: string): Promise<Record<string, unknown>> {
    return this.waitForLine(`"${msg}"`, (line) => line['msg'] === msg, START_WITHIN_MS);
  }

  /** Waits for a log line that `fits`, of those there are and those to come; `what` names it. @throws Error without one */
  waitForLine(
    what: string,
    fits: (line: Record<string, unknown>) => boolean,
    timeoutMs: number,
  ): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#onLine.delete(look);
        this.#child.off('close', onExit);
      };
      const look = (): void => {
        const line = this.log.find(fits);
        if (line === undefined) return;
        settle();
        resolve(line);
      };
      const fail = (why: string): void => {
        settle();
        reject(new Error(`no log line ${what} ${why}`));
      };
      const onExit = (): void => fail('before the bot exited');
      const timer = setTimeout(() => fail('in time'), timeoutMs);
      // Unlike 'exit', it comes after the last line.
      this.#child.once('close', onExit);
      this.#onLine.add(look);
      look();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  #untilListening(): Promise<void> {
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the bot has no output');
    let errors = '';
    stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#child.kill('SIGKILL');
        reject(new Error(`the bot did not listen within ${START_WITHIN_MS / 1000} s`));
      }, START_WITHIN_MS);
      createInterface({ input: stdout }).on('line', (line) => {
        const entry = parseLine(line);
        this.log.push(entry);
        if (this.log.length > 5_000) this.log.shift();
        for (const look of [...this.#onLine]) look();
        if (entry['msg'] === 'listening') {
          clearTimeout(timer);
          resolve();
        }
      });
      this.#child.on('exit', (code) => {
        clearTimeout(timer);
        const said = errors.trim() || JSON.stringify(this.log.at(-1) ?? {});
        reject(new Error(`the bot stopped with ${String(code)}: ${said}`));
      });
    });
  }
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { msg: 'not JSON', line };
  }
}
