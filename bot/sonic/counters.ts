/** What is counted rather than thrown: things that a call survives but that an operator should see. */
const NAMES = [
  'streamsOpened',
  'streamsFailed',
  'reconnects',
  'rotations',
  'rotationsForced',
  'nextStreamsLost',
  'deafStreams',
  'breakerOpened',
  'breakerClosed',
  'audioFramesSent',
  'silentFramesSent',
  'audioFramesDropped',
  'callerAudioOverflows',
  'unknownEvents',
  'malformedEvents',
  'lateAudio',
  'duplicateToolUses',
  'toolResultsDropped',
  'toolResultsLate',
] as const;

export type CounterName = (typeof NAMES)[number];

/** Counts since the start of a call or, where it is a parent, of the process. */
export class SonicCounters {
  readonly #counts: Record<CounterName, number>;
  readonly #parent: SonicCounters | undefined;

  constructor(parent?: SonicCounters) {
    this.#parent = parent;
    this.#counts = Object.fromEntries(NAMES.map((name) => [name, 0])) as Record<CounterName, number>;
  }

  add(name: CounterName, count = 1): void {
    this.#counts[name] += count;
    this.#parent?.add(name, count);
  }

  get(name: CounterName): number {
    return this.#counts[name];
  }

  snapshot(): Readonly<Record<CounterName, number>> {
    return { ...this.#counts };
  }
}
