/** How late the beats of the last seconds were; all 0 where there was none. */
export interface LatenessSummary {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** A packet that comes so late is a gap in most callers' ears. */
const HEARD_MS = 60;

/** Keeps how late each beat of the last `windowMs` was. Noting costs two writes; what it amounts to is reckoned when asked. */
export class BeatLateness {
  readonly #windowMs: number;
  readonly #atMs: Float64Array;
  readonly #latenessMs: Float64Array;
  #noted = 0;
  #heard = 0;

  /** @param beats how many the window holds at most */
  constructor(windowMs: number, beats: number) {
    this.#windowMs = windowMs;
    this.#atMs = new Float64Array(beats).fill(-Infinity);
    this.#latenessMs = new Float64Array(beats);
  }

  note(nowMs: number, latenessMs: number): void {
    const index = this.#noted % this.#atMs.length;
    this.#noted += 1;
    this.#atMs[index] = nowMs;
    this.#latenessMs[index] = latenessMs;
    if (latenessMs > HEARD_MS) this.#heard += 1;
  }

  /** Beats so late that callers may have heard it, since ever. */
  get heard(): number {
    return this.#heard;
  }

  summary(nowMs: number): LatenessSummary {
    const sorted = this.#latenessMs
      .filter((_, index) => (this.#atMs[index] ?? -Infinity) > nowMs - this.#windowMs)
      .sort();
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  }
}
