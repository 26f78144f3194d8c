import type { Clock, Timer } from '../time';

/** One timer for whatever is due next; setting it again to the same moment costs nothing. */
export class DueTimer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #timer: Timer | undefined;
  #dueMs: number | undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** @param dueMs on the clock; undefined: nothing is due */
  set(dueMs: number | undefined): void {
    if (dueMs === this.#dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    if (dueMs === undefined) return;
    this.#timer = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      this.#dueMs = undefined;
      this.#onDue();
    });
  }
}
