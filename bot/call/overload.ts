import type { BeatLateness, Clock } from '../time';

/** With fewer calls the process is late for another reason, and would be without them. */
const JUDGED_FROM_CALLS = 8;

interface OverloadOptions {
  readonly lateness: Pick<BeatLateness, 'summary'>;
  readonly clock: Clock;
  /** The p99 of the last seconds' lateness from which on calls are too many; 0 is never. */
  readonly limitMs: number;
}

/** Whether the calls there are come so late that with one more all of them would be heard to stutter. */
export class Overload {
  readonly #options: OverloadOptions;

  constructor(options: OverloadOptions) {
    this.#options = options;
  }

  /** Why one more call is too many, in words; undefined while it is not. */
  reason(activeCalls: number): string | undefined {
    const { lateness, clock, limitMs } = this.#options;
    if (limitMs === 0 || activeCalls < JUDGED_FROM_CALLS) return undefined;
    const { p99Ms } = lateness.summary(clock.nowMs());
    if (p99Ms <= limitMs) return undefined;
    return `one beat of sound in a hundred was over ${Math.floor(p99Ms)} ms late in the last 10 s, and ${limitMs} ms (BUSY_AT_LATENESS_MS) are the most`;
  }
}
