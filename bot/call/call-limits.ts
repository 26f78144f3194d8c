import type { Clock, Timer } from '../time';

export interface CallLimitEvents {
  /** The caller has been silent for long: ask whether anybody is there. */
  onAbsent(): void;
  /** Nobody answered the question: say goodbye and close. */
  onAbsentForGood(): void;
  /** `leftMs` remain of the longest call: say so. */
  onNearlyOver(leftMs: number): void;
  /** The longest call is over: say goodbye and close. */
  onOver(): void;
}

/** After the question, the caller has this share of the first wait to answer. */
const SECOND_WAIT_SHARE = 0.5;
/** The end is announced this long before it comes, or at three quarters of a short limit. */
const ANNOUNCE_BEFORE_MS = 60_000;

type CallLimitsOptions = { clock: Clock; maxCallMs: number; userAbsentMs: number; events: CallLimitEvents };

/**
 * The two limits of a call: its length, and how long a caller may be absent. Time during which the bot speaks, a tool
 * runs or the caller talks does not count as absence: whoever owns this says `pause()` and `resume()`.
 */
export class CallLimits {
  readonly #options: CallLimitsOptions;
  #lengthTimer: Timer | undefined;
  #absenceTimer: Timer | undefined;
  #asked = false;
  #stopped = false;

  constructor(options: CallLimitsOptions) {
    this.#options = options;
  }

  /** The call begins to count now. */
  start(): void {
    if (this.#stopped || this.#lengthTimer !== undefined) return;
    const { clock, maxCallMs, events } = this.#options;
    const warnAtMs = Math.max(maxCallMs - ANNOUNCE_BEFORE_MS, maxCallMs * 0.75);
    this.#lengthTimer = clock.after(warnAtMs, () => {
      this.#lengthTimer = clock.after(maxCallMs - warnAtMs, () => events.onOver());
      events.onNearlyOver(maxCallMs - warnAtMs);
    });
  }

  /** The caller did something: the question, if it was asked, is answered. */
  callerActive(): void {
    this.#asked = false;
    if (this.#absenceTimer !== undefined) this.resume();
  }

  /** Nobody waits for the caller now. */
  pause(): void {
    this.#absenceTimer?.cancel();
    this.#absenceTimer = undefined;
  }

  /** It is the caller's turn: absence counts from now. */
  resume(): void {
    this.pause();
    if (this.#stopped) return;
    const { clock, userAbsentMs, events } = this.#options;
    this.#absenceTimer = clock.after(this.#asked ? userAbsentMs * SECOND_WAIT_SHARE : userAbsentMs, () => {
      this.#absenceTimer = undefined;
      if (this.#asked) {
        events.onAbsentForGood();
        return;
      }
      this.#asked = true;
      events.onAbsent();
    });
  }

  /** Stops both limits. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.pause();
    this.#lengthTimer?.cancel();
    this.#lengthTimer = undefined;
  }
}
