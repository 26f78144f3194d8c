import { nowMs } from '../../../smoke/caller';

/** The stand-in's time: real, or stepped by a test. */
export interface Clock {
  /** Since 1970, with a fraction, monotonic. */
  nowMs(): number;
  /** Calls `fn` once; the function that is returned calls it off, and does nothing later. */
  after(delayMs: number, fn: () => void): () => void;
}

export const realClock: Clock = {
  nowMs,
  after: (delayMs, fn) => {
    const timer = setTimeout(fn, Math.min(delayMs, 0x7fff_ffff));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when `signal` is aborted: look at the signal then. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal.addEventListener('abort', end);
  });
}

/** Called at each beat with the time at which it was due. */
export type BeatListener = (dueMs: number) => void;

export const BEAT_MS = 20;

/**
 * The network's beat: 20 ms, never skipped, as lines do not wait for anybody. When this process was late, what has come
 * in meanwhile is read first: the real service would have had it in time.
 */
export class Beats {
  readonly #clock: Clock;
  readonly #listeners = new Set<BeatListener>();
  #cancel: (() => void) | undefined;
  #dueMs = 0;
  #isRunning = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  subscribe(listener: BeatListener): () => void {
    this.#listeners.add(listener);
    if (this.#cancel === undefined && !this.#isRunning) {
      this.#dueMs = this.#clock.nowMs() + BEAT_MS;
      this.#arm();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#cancel?.();
      this.#cancel = undefined;
    };
  }

  #arm(): void {
    this.#cancel = this.#clock.after(Math.max(0, this.#dueMs - this.#clock.nowMs()), () => {
      if (this.#clock.nowMs() - this.#dueMs < BEAT_MS) this.#run();
      else setImmediate(() => this.#run());
    });
  }

  #run(): void {
    this.#cancel = undefined;
    this.#isRunning = true;
    while (this.#listeners.size > 0 && this.#dueMs <= this.#clock.nowMs()) {
      const dueMs = this.#dueMs;
      this.#dueMs += BEAT_MS;
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(dueMs);
    }
    this.#isRunning = false;
    if (this.#listeners.size > 0) this.#arm();
  }
}
