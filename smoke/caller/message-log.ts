import type { RtviMessage } from '../../bot/rtvi/messages';
import { nowMs } from './time';

/** A message of the bot and when it came. */
export interface LoggedMessage {
  readonly message: RtviMessage;
  readonly arrivedMs: number;
}

/** The bot's messages in order, and waiting for the next one that fits. */
export class MessageLog {
  readonly #entries: LoggedMessage[] = [];
  readonly #waiting = new Set<(entry: LoggedMessage) => void>();
  readonly #onClose = new Set<() => void>();
  #closed = false;

  get entries(): readonly LoggedMessage[] {
    return this.#entries;
  }

  add(message: RtviMessage): LoggedMessage {
    const entry = { message, arrivedMs: nowMs() };
    this.#entries.push(entry);
    for (const look of [...this.#waiting]) look(entry);
    return entry;
  }

  /**
   * The first message that fits, of those that came at or after position `from` and those to come.
   * @throws Error after `timeoutMs`, or when the call ends first; it names the types that did come
   */
  waitFor(fits: (message: RtviMessage) => boolean, timeoutMs: number, from = 0): Promise<LoggedMessage> {
    const found = this.#entries.slice(from).find((entry) => fits(entry.message));
    if (found !== undefined) return Promise.resolve(found);
    const failure = (why: string): Error => {
      const types = this.#entries.slice(from).map((entry) => entry.message.type);
      return new Error(`no such message ${why}; came: ${types.slice(-30).join(', ') || 'none'}`);
    };
    if (this.#closed) return Promise.reject(failure('before the call ended'));
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        this.#onClose.delete(close);
      };
      const look = (entry: LoggedMessage): void => {
        if (!fits(entry.message)) return;
        forget();
        resolve(entry);
      };
      const close = (): void => {
        forget();
        reject(failure('before the call ended'));
      };
      const timer = setTimeout(() => {
        forget();
        reject(failure(`within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.add(look);
      this.#onClose.add(close);
    });
  }

  /** No more messages will come. */
  close(): void {
    this.#closed = true;
    for (const close of [...this.#onClose]) close();
  }
}
