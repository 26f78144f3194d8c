import type { Clock, Timer } from '../time';

export interface CallLengthEvents {
  /** `leftMs` remain of the longest call: say so. */
  onNearlyOver(leftMs: number): void;
  /** The longest call is over: say goodbye and close. */
  onOver(): void;
}

/** The end is announced this long before it comes, or at three quarters of a short limit. */
const ANNOUNCE_BEFORE_MS = 60_000;

type CallLengthOptions = { clock: Clock; maxCallMs: number; events: CallLengthEvents };

/** The limit on a call's length, announced before it acts. Owns one timer. */
export class CallLength {
  readonly #options: CallLengthOptions;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: CallLengthOptions) {
    this.#options = options;
  }

  /** The call begins to count now. */
  start(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    const { clock, maxCallMs, events } = this.#options;
    const warnAtMs = Math.max(maxCallMs - ANNOUNCE_BEFORE_MS, maxCallMs * 0.75);
    this.#timer = clock.after(warnAtMs, () => {
      this.#timer = clock.after(maxCallMs - warnAtMs, () => events.onOver());
      events.onNearlyOver(maxCallMs - warnAtMs);
    });
  }

  /** Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
