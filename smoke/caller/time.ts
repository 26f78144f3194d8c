/** All times of the caller: ms since 1970 with a fraction, monotonic, and so comparable between processes of one machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Called each 20 ms. */
export type BeatListener = () => void;

const BEAT_MS = 20;
/** After a longer stall the missed beats are given up, as a sound card would. */
const MAX_CATCH_UP_MS = 400;

/** A drift-free beat of 20 ms, as a sound card gives; many callers can share one. It runs only while somebody listens. */
export class Beat {
  readonly #listeners = new Set<BeatListener>();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;

  subscribe(listener: BeatListener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) {
      this.#dueMs = nowMs() + BEAT_MS;
      this.#arm();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#dueMs - nowMs()));
  }

  #run(): void {
    if (nowMs() - this.#dueMs > MAX_CATCH_UP_MS) this.#dueMs = nowMs();
    while (this.#dueMs <= nowMs()) {
      this.#dueMs += BEAT_MS;
      for (const listener of [...this.#listeners]) listener();
    }
    if (this.#listeners.size > 0) this.#arm();
    else this.#timer = undefined;
  }
}
