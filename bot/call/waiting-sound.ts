import type { Clock, Timer } from '../time';

/** Silence this long is noticed by somebody who waits. */
const HEARD_AFTER_MS = 1_500;

interface WaitingSoundOptions {
  readonly clock: Clock;
  readonly start: () => void;
  readonly stop: () => void;
}

/** Starts a sound when a caller has waited for a tool in silence for 1.5 s, and stops it when that is over. Owns one timer. */
export class WaitingSound {
  readonly #options: WaitingSoundOptions;
  #dueAtMs: number | undefined;
  #timer: Timer | undefined;
  #isOn = false;

  constructor(options: WaitingSoundOptions) {
    this.#options = options;
  }

  /** @param waitsSinceMs since when the caller waits for a tool in silence; undefined: they do not. To be told at each change. */
  update(waitsSinceMs: number | undefined): void {
    if (waitsSinceMs === undefined) {
      this.stop();
      return;
    }
    const dueAtMs = waitsSinceMs + HEARD_AFTER_MS;
    if (this.#isOn || this.#dueAtMs === dueAtMs) return;
    this.#timer?.cancel();
    this.#dueAtMs = dueAtMs;
    this.#timer = this.#options.clock.after(Math.max(0, dueAtMs - this.#options.clock.nowMs()), () => {
      this.#isOn = true;
      this.#options.start();
    });
  }

  /** Idempotent. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueAtMs = undefined;
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#options.stop();
  }
}
