import type { BeatLateness } from './beat-lateness';
import type { Clock, Timer } from './clock';

/** Called once a period; `tick` counts from 0 since the ticker last started and never skips. */
export type TickListener = (tick: number) => void;

/**
 * One drift-free periodic beat for the whole process, shared by all calls: a timer for each call costs half as much
 * CPU again (see docs/performance.md). A late event loop is caught up tick by tick, so that the count of ticks always
 * follows the clock; after a stall longer than `maxCatchUpMs` the missed beats are given up and the count starts anew.
 * It runs only while somebody listens, and one listener's exception never reaches another.
 */
export class Ticker {
  readonly periodMs: number;
  readonly #clock: Clock;
  /** A stall up to here is caught up beat by beat. */
  readonly maxCatchUpMs: number;
  readonly #onListenerError: (error: unknown) => void;
  readonly #lateness: BeatLateness | undefined;
  readonly #listeners = new Set<TickListener>();
  #timer: Timer | undefined;
  /** While listeners run, coming and going among them must not start a second timer. */
  #isBeating = false;
  #startedAtMs = 0;
  #ticks = 0;
  /** Largest lateness of a beat since the last call of `takeWorstLatenessMs`. */
  #worstLatenessMs = 0;

  constructor(options: {
    periodMs: number;
    clock: Clock;
    maxCatchUpMs?: number;
    /** Learns how late the last listener of each beat was done. */
    lateness?: BeatLateness;
    onListenerError: (error: unknown) => void;
  }) {
    this.periodMs = options.periodMs;
    this.#clock = options.clock;
    this.maxCatchUpMs = options.maxCatchUpMs ?? 400;
    this.#lateness = options.lateness;
    this.#onListenerError = options.onListenerError;
  }

  /** Adds a listener; the returned function takes it off again. */
  subscribe(listener: TickListener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined && !this.#isBeating) this.#restart();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        this.#timer?.cancel();
        this.#timer = undefined;
      }
    };
  }

  /** How many listeners there are: 0 means that no timer runs. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** The worst lateness of a beat, in ms, since this was last asked. */
  takeWorstLatenessMs(): number {
    const worst = this.#worstLatenessMs;
    this.#worstLatenessMs = 0;
    return worst;
  }

  #restart(): void {
    this.#startedAtMs = this.#clock.nowMs();
    this.#ticks = 0;
    this.#arm();
  }

  #arm(): void {
    const dueMs = this.#startedAtMs + (this.#ticks + 1) * this.periodMs;
    this.#timer = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), this.#run);
  }

  readonly #run = (): void => {
    this.#timer = undefined;
    this.#isBeating = true;
    const nowMs = this.#clock.nowMs();
    const latenessMs = nowMs - (this.#startedAtMs + (this.#ticks + 1) * this.periodMs);
    this.#worstLatenessMs = Math.max(this.#worstLatenessMs, latenessMs);
    if (latenessMs > this.maxCatchUpMs) this.#startedAtMs += latenessMs;
    while (this.#listeners.size > 0) {
      const dueMs = this.#startedAtMs + (this.#ticks + 1) * this.periodMs;
      // What falls due meanwhile has to wait: were beats longer than their period, nothing else would ever be done.
      if (dueMs > nowMs) break;
      const tick = this.#ticks;
      this.#ticks += 1;
      for (const listener of [...this.#listeners]) {
        try {
          if (this.#listeners.has(listener)) listener(tick);
        } catch (error) {
          this.#onListenerError(error);
        }
      }
      this.#noteServed(dueMs);
    }
    this.#isBeating = false;
    if (this.#listeners.size > 0) this.#arm();
  };

  #noteServed(dueMs: number): void {
    if (this.#lateness === undefined) return;
    const nowMs = this.#clock.nowMs();
    this.#lateness.note(nowMs, nowMs - dueMs);
  }
}
