import { BeatLane, type TickListener } from './beat-lane';
import type { BeatLateness } from './beat-lateness';
import type { Clock } from './clock';

/**
 * A drift-free periodic beat for the whole process, shared by all calls: a timer for each call costs half as much
 * CPU again (see docs/performance.md). A late event loop is caught up tick by tick, so that the count of ticks always
 * follows the clock; after a stall longer than `maxCatchUpMs` the missed beats are given up and the count starts anew.
 * It runs only while somebody listens, and one listener's exception never reaches another. Listeners can be spread over
 * lanes, which take turns within the period, so that the last of many does not wait for the work of all others.
 */
export class Ticker {
  readonly periodMs: number;
  /** A stall up to here is caught up beat by beat. */
  readonly maxCatchUpMs: number;
  readonly #lanes: readonly BeatLane[];

  constructor(options: {
    periodMs: number;
    clock: Clock;
    maxCatchUpMs?: number;
    lanes?: number;
    /** Learns how late the last listener of each beat was done. */
    lateness?: BeatLateness;
    onListenerError: (error: unknown) => void;
  }) {
    const { periodMs, clock, maxCatchUpMs = 400, lanes = 1, lateness, onListenerError } = options;
    this.periodMs = periodMs;
    this.maxCatchUpMs = maxCatchUpMs;
    this.#lanes = Array.from({ length: lanes }, (_, lane) => {
      const phaseMs = lanes === 1 ? undefined : (lane * periodMs) / lanes;
      return new BeatLane({ periodMs, clock, maxCatchUpMs, phaseMs, lateness, onListenerError });
    });
  }

  /** Adds a listener, to the lane with the fewest; the returned function takes it off again. */
  subscribe(listener: TickListener): () => void {
    const fewest = Math.min(...this.#lanes.map(({ listenerCount }) => listenerCount));
    const lane = this.#lanes.find(({ listenerCount }) => listenerCount === fewest);
    return lane?.subscribe(listener) ?? (() => undefined);
  }

  /** How many listeners there are: 0 means that no timer runs. */
  get listenerCount(): number {
    return this.#lanes.reduce((sum, { listenerCount }) => sum + listenerCount, 0);
  }

  /** The worst lateness of a beat, in ms, since this was last asked. */
  takeWorstLatenessMs(): number {
    return Math.max(...this.#lanes.map((lane) => lane.takeWorstLatenessMs()));
  }
}
