import { seeded } from '../../testbed/random';

/** How long the live service took from typed text to the first audio of its answer, in ms. */
export const RANGES = {
  /** Seen by one project, with short prompts; a cold one took about 1,300. */
  usual: [573, 1343],
  /** With prompts of 16 to 27 kB and tools, from the start of a session; cold ones and slow ones among them. */
  cold: [2500, 9900],
} as const satisfies Record<string, readonly [fromMs: number, toMs: number]>;

export type RangeName = keyof typeof RANGES;

export interface DrawnDelay {
  readonly range: RangeName;
  readonly ms: number;
}

/** One of so many is a cold one. */
const ONE_COLD_OF = 10;

/** Delays for `count` calls, spread evenly over their ranges; the same for the same seed. */
export function drawDelays(count: number, seed = 1): DrawnDelay[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) => {
    const range: RangeName = i % ONE_COLD_OF === ONE_COLD_OF - 1 ? 'cold' : 'usual';
    const [fromMs, toMs] = RANGES[range];
    return { range, ms: Math.round(fromMs + random() * (toMs - fromMs)) };
  });
}
