import { Interrupted, OpsError, stopIfAsked } from '../cli/ops-error';

/** What has been written up to now, for the one line that an interrupted command leaves behind. */
export class Journal {
  readonly #signal: AbortSignal;
  readonly #again: string;
  readonly #done: string[] = [];
  #left: string[];

  /** @param again the command to go on with */
  constructor(signal: AbortSignal, subjects: readonly string[], again: string) {
    this.#signal = signal;
    this.#left = [...subjects];
    this.#again = again;
  }

  /** Notes something that is now so, and whether its subject is finished with. */
  note(subject: string, what: string): void {
    this.#done.push(`${subject} ${what}`);
    this.#left = this.#left.filter((one) => one !== subject);
  }

  /** @throws Interrupted between two steps, when the operator has asked to stop */
  stopIfAsked(): void {
    stopIfAsked(this.#signal, this.summary, this.#again);
  }

  /** What to throw instead of something thrown in the middle. */
  retell(error: unknown): unknown {
    return error instanceof OpsError && error.code === 'interrupted'
      ? new Interrupted(this.summary, this.#again)
      : error;
  }

  get summary(): string {
    if (this.#done.length === 0) return 'Nothing was changed.';
    const left = this.#left.length === 0 ? '' : ` Not touched: ${this.#left.join(', ')}.`;
    return `Done: ${this.#done.join('; ')}.${left}`;
  }
}
