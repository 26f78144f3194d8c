import type { Clock, Timer } from '../time/clock';

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

/**
 * The two limits of a call: its length, and how long a caller may be absent. Time during which the bot speaks, a tool
 * runs or the caller talks does not count as absence: whoever owns this says `pause()` and `resume()`.
 */
export class CallLimits {
  readonly #clock: Clock;
  readonly #events: CallLimitEvents;
  readonly #maxCallMs: number;
  readonly #userAbsentMs: number;
  #lengthTimer: Timer | undefined;
  #absenceTimer: Timer | undefined;
  #asked = false;
  #stopped = false;

  constructor(options: { clock: Clock; maxCallMs: number; userAbsentMs: number; events: CallLimitEvents }) {
    this.#clock = options.clock;
    this.#events = options.events;
    this.#maxCallMs = options.maxCallMs;
    this.#userAbsentMs = options.userAbsentMs;
  }

  /** The call begins to count now. */
  start(): void {
    if (this.#stopped || this.#lengthTimer !== undefined) return;
    const warnAtMs = Math.max(this.#maxCallMs - ANNOUNCE_BEFORE_MS, this.#maxCallMs * 0.75);
    this.#lengthTimer = this.#clock.after(warnAtMs, () => {
      this.#lengthTimer = this.#clock.after(this.#maxCallMs - warnAtMs, () => this.#events.onOver());
      this.#events.onNearlyOver(this.#maxCallMs - warnAtMs);
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
    const waitMs = this.#asked ? this.#userAbsentMs * SECOND_WAIT_SHARE : this.#userAbsentMs;
    this.#absenceTimer = this.#clock.after(waitMs, () => {
      this.#absenceTimer = undefined;
      if (this.#asked) {
        this.#events.onAbsentForGood();
        return;
      }
      this.#asked = true;
      this.#events.onAbsent();
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
