import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { parseJson } from '../cli/json';
import { OpsError } from '../cli/ops-error';
import type { Redactor } from '../../contract/redactor';

/** How the process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TaskOptions {
  /** The program, for node. */
  readonly program: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly redactor: Redactor;
  /** Gets every line it prints, cleaned. */
  readonly onLine: (line: string) => void;
}

const logLine = z.looseObject({
  level: z.union([z.number(), z.string()]),
  msg: z.string(),
  err: z.looseObject({ message: z.string() }).optional().catch(undefined),
});
const KEPT_LINES = 200;
const KILL_AFTER_MS = 5_000;

/** A bot in a process group of its own, so that Ctrl-C in the terminal reaches it through us alone. */
export class TaskProcess {
  /** How many of its lines held a secret. */
  leaks = 0;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #exit: Exit | undefined;

  constructor({ program, folder, env, user, redactor, onLine }: TaskOptions) {
    this.#child = spawn(process.execPath, [program], {
      cwd: folder,
      env: { ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', (error) => {
        this.#exit = { code: null, signal: null };
        reject(new OpsError('bot_failed', `the bot could not be started: ${error.message}`, 'Try --as-me.', error));
      });
      this.#child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        process.off('exit', this.#killNow);
        resolve(this.#exit);
      });
    });
    // A rejection that nobody waits for must not end the command.
    this.exited.catch(() => undefined);
    process.on('exit', this.#killNow);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => this.#take(redactor.clean(line), line, onLine));
    }
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Its lines of level error and above, and those that are no log lines; the latest last. */
  get complaints(): string[] {
    return this.#lines.flatMap((line) => {
      const parsed = logLine.safeParse(parseJson(line)).data;
      if (parsed === undefined) return [line];
      const { level, msg, err } = parsed;
      const isBad = typeof level === 'number' ? level >= 50 : level === 'error' || level === 'fatal';
      return isBad ? [`${msg} ${err?.message ?? ''}`.trim()] : [];
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it: politely, and then not. Idempotent. */
  async stop(): Promise<void> {
    if (this.hasExited) return;
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), KILL_AFTER_MS);
    await this.exited.catch(() => undefined);
    clearTimeout(timer);
  }

  readonly #killNow = (): void => {
    this.#child.kill('SIGKILL');
  };

  #take(clean: string, raw: string, onLine: (line: string) => void): void {
    if (clean !== raw) this.leaks += 1;
    this.#lines.push(clean);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    onLine(clean);
  }
}
