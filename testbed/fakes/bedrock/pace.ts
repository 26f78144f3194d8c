import type { Behaviours } from './behaviours';
import type { Endpointing } from './rules';

/** How fast things happen; milliseconds throughout. */
export interface Pace {
  /** The quiet that ends an utterance. */
  readonly endpointMs: Readonly<Record<Endpointing, number>>;
  /** From the caller's words, from typed text, from a tool result to the announcement of the answer. */
  readonly thinkMs: { readonly spoken: number; readonly typed: number; readonly toolResult: number };
  /** From the announcement of a sentence to its AUDIO, for the first one and for the others. */
  readonly audioLagMs: { readonly first: number; readonly next: number };
  /** From the onset of speech to the end of what it interrupts. */
  readonly cutMs: number;
  /** Audio sent at once when an answer begins; from then on `speed` times as fast as it is heard. */
  readonly burstMs: number;
  readonly speed: number;
  /** Audio leaves only at these distances, over and over; none: evenly. */
  readonly gapsMs: readonly number[];
  /** Lengths of pieces, over and over. */
  readonly piecesMs: readonly number[];
  /** How much later than heard a FINAL text is when it is late. */
  readonly lateFinalMs: number;
  /** How long an unanswered tool use lasts when it does not last for ever. */
  readonly toolPatienceMs: number;
}

export const PACES: Readonly<Record<Behaviours['pace'], Pace>> = {
  live: {
    endpointMs: { HIGH: 400, MEDIUM: 480, LOW: 600 },
    thinkMs: { spoken: 950, typed: 800, toolResult: 550 },
    audioLagMs: { first: 130, next: 120 },
    cutMs: 270,
    burstMs: 400,
    speed: 5,
    gapsMs: [80, 40, 160, 400, 60],
    piecesMs: [80, 160, 80, 120, 200],
    lateFinalMs: 2600,
    toolPatienceMs: 8000,
  },
  // The documentation gives 1.5 s for HIGH and nothing else; these are the sandbox's own.
  documented: {
    endpointMs: { HIGH: 800, MEDIUM: 1200, LOW: 1600 },
    thinkMs: { spoken: 0, typed: 0, toolResult: 0 },
    audioLagMs: { first: 0, next: 0 },
    cutMs: 0,
    burstMs: 400,
    speed: 3,
    gapsMs: [],
    piecesMs: [32],
    lateFinalMs: 2600,
    toolPatienceMs: 8000,
  },
};

/** How much audio may have been sent `elapsedMs` after the first piece. */
export function allowanceMs(pace: Pace, elapsedMs: number): number {
  return pace.burstMs + pace.speed * lastDeparture(pace.gapsMs, elapsedMs);
}

/** The latest moment, up to `elapsedMs`, at which audio leaves. */
function lastDeparture(gapsMs: readonly number[], elapsedMs: number): number {
  const roundMs = gapsMs.reduce((sum, gap) => sum + gap, 0);
  if (roundMs === 0) return elapsedMs;
  let at = Math.floor(elapsedMs / roundMs) * roundMs;
  for (const gap of gapsMs) {
    if (at + gap > elapsedMs) break;
    at += gap;
  }
  return at;
}
