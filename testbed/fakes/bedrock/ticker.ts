/**
 * One beat for everything in a sandbox, running only while somebody needs it: a timer for each session would cost more
 * than the sessions do.
 */
export class Ticker {
  readonly #periodMs: number;
  readonly #beat: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(periodMs: number, beat: () => void) {
    this.#periodMs = periodMs;
    this.#beat = beat;
  }

  /** Starts or stops beating. */
  run(needed: boolean): void {
    if (needed && this.#timer === undefined) this.#timer = setInterval(this.#beat, this.#periodMs);
    if (!needed && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
