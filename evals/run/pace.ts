/** How steadily a caller kept time; a caller that did not cannot tell whether a bot was late. */
export interface CallerPace {
  /** Time that passed for each second of audio that was sent: 1 is right. */
  readonly realTimeRatio: number;
  /** The longest time between two packets that are due each 20 ms. */
  readonly longestGapMs: number;
}

const PACKET_MS = 20;
const MAX_RATIO_ERROR = 0.05;
/** Packets are caught up after a shorter one; a bot hears it as jitter. */
const MAX_GAP_MS = 400;

/** Measures a caller that sends a packet each 20 ms, by its own clock. */
export class PaceMeter {
  #first: number | undefined;
  #last = 0;
  #packets = 0;
  #longestGapMs = 0;

  packet(nowMs: number): void {
    this.#first ??= nowMs;
    if (this.#packets > 0) this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - this.#last);
    this.#last = nowMs;
    this.#packets += 1;
  }

  /** Undefined before there are two packets. */
  get pace(): CallerPace | undefined {
    if (this.#first === undefined || this.#packets < 2) return undefined;
    return {
      realTimeRatio: (this.#last - this.#first) / ((this.#packets - 1) * PACKET_MS),
      longestGapMs: this.#longestGapMs,
    };
  }
}

/** What was wrong with a caller's pace, in words; nothing when it was steady. */
export function unsteady(pace: CallerPace | undefined): string | undefined {
  if (pace === undefined) return undefined;
  const { realTimeRatio, longestGapMs } = pace;
  if (Math.abs(realTimeRatio - 1) <= MAX_RATIO_ERROR && longestGapMs <= MAX_GAP_MS) return undefined;
  return `the caller did not keep time: ${realTimeRatio.toFixed(2)} of real time, ${Math.round(longestGapMs)} ms between two packets`;
}
