import type { Clock, Timer } from '../time';

export type Awaited = 'answer' | 'model';

/** A pause longer than this is explained: an answer may take its time, a lost model is explained sooner. */
const EXPLAINED_AFTER_MS: Readonly<Record<Awaited, number>> = { answer: 4_000, model: 2_500 };
/** Repeated at this interval while the pause lasts. */
const AGAIN_AFTER_MS = 6_000;
/** Retry after this when somebody was speaking at the time. */
const LOOK_AGAIN_AFTER_MS = 1_000;

/** While the caller waits for something and hears nothing, a notice explains it now and then. Owns one timer. */
export class HoldNotices {
  readonly #clock: Clock;
  readonly #isQuiet: () => boolean;
  readonly #explain: (times: number) => void;
  readonly #awaited = new Set<Awaited>();
  #timer: Timer | undefined;
  #dueAtMs = Infinity;
  #times = 0;

  /**
   * @param isQuiet whether neither caller nor bot is heard
   * @param explain says something; `times`: how often it has been called for this wait
   */
  constructor(clock: Clock, isQuiet: () => boolean, explain: (times: number) => void) {
    this.#clock = clock;
    this.#isQuiet = isQuiet;
    this.#explain = explain;
  }

  await(what: Awaited): void {
    this.#awaited.add(what);
    this.#armAtMost(EXPLAINED_AFTER_MS[what]);
  }

  arrived(what: Awaited): void {
    if (this.#awaited.delete(what) && this.#awaited.size === 0) this.stop();
  }

  /** The caller stopped speaking: the wait begins now. */
  callerPaused(): void {
    if (this.#awaited.size === 0) return;
    this.#disarm();
    for (const what of this.#awaited) this.#armAtMost(EXPLAINED_AFTER_MS[what]);
  }

  /** The caller waits for nothing. Idempotent. */
  stop(): void {
    this.#disarm();
    this.#awaited.clear();
    this.#times = 0;
  }

  #armAtMost(ms: number): void {
    const dueAtMs = this.#clock.nowMs() + ms;
    if (dueAtMs >= this.#dueAtMs) return;
    this.#disarm();
    this.#dueAtMs = dueAtMs;
    this.#timer = this.#clock.after(ms, () => this.#due());
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#dueAtMs = Infinity;
  }

  #due(): void {
    this.#disarm();
    const isQuiet = this.#isQuiet();
    this.#armAtMost(isQuiet ? AGAIN_AFTER_MS : LOOK_AGAIN_AFTER_MS);
    if (!isQuiet) return;
    this.#times += 1;
    this.#explain(this.#times);
  }
}
