import type { BeatLateness } from './beat-lateness';
import type { Clock, Timer } from './clock';

/** Called once a period; `tick` counts from 0 since its lane last started and never skips. */
export type TickListener = (tick: number) => void;

interface LaneOptions {
  readonly periodMs: number;
  readonly clock: Clock;
  readonly maxCatchUpMs: number;
  /** Where in the period it beats; undefined is wherever its first listener came. */
  readonly phaseMs: number | undefined;
  readonly lateness: BeatLateness | undefined;
  readonly onListenerError: (error: unknown) => void;
}

/** One timer that beats for its listeners, for as long as it has some; see `Ticker`. */
export class BeatLane {
  readonly #options: LaneOptions;
  readonly #listeners = new Set<TickListener>();
  #timer: Timer | undefined;
  /** While listeners run, coming and going among them must not start a second timer. */
  #isBeating = false;
  #startedAtMs = 0;
  #ticks = 0;
  /** Largest lateness of a beat since the last call of `takeWorstLatenessMs`. */
  #worstLatenessMs = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
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
    const { clock, periodMs, phaseMs } = this.#options;
    const nowMs = clock.nowMs();
    // At most a period ago, so that the first beat is within one.
    const phasedMs = phaseMs === undefined ? nowMs : Math.floor((nowMs - phaseMs) / periodMs) * periodMs + phaseMs;
    this.#startedAtMs = phasedMs;
    this.#ticks = 0;
    this.#arm();
  }

  #arm(): void {
    const dueMs = this.#startedAtMs + (this.#ticks + 1) * this.#options.periodMs;
    this.#timer = this.#options.clock.after(Math.max(0, dueMs - this.#options.clock.nowMs()), this.#run);
  }

  readonly #run = (): void => {
    this.#timer = undefined;
    this.#isBeating = true;
    const nowMs = this.#options.clock.nowMs();
    const latenessMs = nowMs - (this.#startedAtMs + (this.#ticks + 1) * this.#options.periodMs);
    this.#worstLatenessMs = Math.max(this.#worstLatenessMs, latenessMs);
    if (latenessMs > this.#options.maxCatchUpMs) this.#startedAtMs += latenessMs;
    while (this.#listeners.size > 0) {
      const dueMs = this.#startedAtMs + (this.#ticks + 1) * this.#options.periodMs;
      // What falls due meanwhile has to wait: were beats longer than their period, nothing else would ever be done.
      if (dueMs > nowMs) break;
      const tick = this.#ticks;
      this.#ticks += 1;
      for (const listener of [...this.#listeners]) {
        try {
          if (this.#listeners.has(listener)) listener(tick);
        } catch (error) {
          this.#options.onListenerError(error);
        }
      }
      this.#noteServed(dueMs);
    }
    this.#isBeating = false;
    if (this.#listeners.size > 0) this.#arm();
  };

  #noteServed(dueMs: number): void {
    if (this.#options.lateness === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    this.#options.lateness.note(nowMs, nowMs - dueMs);
  }
}
