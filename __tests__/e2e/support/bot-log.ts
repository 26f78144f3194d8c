import { createLogger, type Logger, type LoggerOptions } from '../../../bot/telemetry/logger';

export type LogLine = Readonly<Record<string, unknown>>;

/** The bot's log, kept, and to be waited on. */
export class BotLog {
  readonly lines: LogLine[] = [];
  readonly logger: Logger;
  readonly #waiting = new Set<() => void>();

  constructor(level: LoggerOptions['level'] = 'info') {
    const write = (line: string): void => {
      this.lines.push(JSON.parse(line) as LogLine);
      for (const look of [...this.#waiting]) look();
    };
    this.logger = createLogger({ level, version: 'test', destination: { write } });
  }

  /** Lines with this message. */
  of(msg: string): LogLine[] {
    return this.lines.filter((line) => line['msg'] === msg);
  }

  /** The first line with this message and these fields, of those there are and those to come. */
  async waitFor(msg: string, fields: LogLine = {}, timeoutMs = 30_000): Promise<LogLine> {
    const find = (): LogLine | undefined =>
      this.of(msg).find((line) => Object.entries(fields).every(([key, value]) => line[key] === value));
    return this.#until(find, `no log line "${msg}" with ${JSON.stringify(fields)}`, timeoutMs);
  }

  /** Waits until there are `count` lines with this message. */
  async waitForCount(msg: string, count: number, timeoutMs = 30_000): Promise<void> {
    const enough = (): true | undefined => (this.of(msg).length >= count ? true : undefined);
    await this.#until(enough, `less than ${count} log lines "${msg}"`, timeoutMs);
  }

  /** What a failure shows of the log. */
  #tail(): string {
    return this.lines
      .slice(-20)
      .map((line) => JSON.stringify(line))
      .join('\n');
  }

  #until<T>(find: () => T | undefined, failure: string, timeoutMs: number): Promise<T> {
    const present = find();
    if (present !== undefined) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${failure}; the last lines are ${this.#tail()}`));
      }, timeoutMs);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
    });
  }
}
