interface Entry {
  readonly bytes: Uint8Array;
  readonly isAudio: boolean;
  readonly queuedAtMs: number;
}

/** What waits behind a slow reader once an event has been queued. */
interface Backlog {
  /** Frames of audio that were dropped for it. */
  readonly dropped: number;
  /** How long the oldest event has waited. */
  readonly lagMs: number;
}

const NO_BACKLOG: Backlog = { dropped: 0, lagMs: 0 };

/**
 * The body of a request while it is being made: filled from outside, and read as it fills. Control events are never
 * dropped; audio that waited longer than `maxAudioAgeMs` is, oldest first. It never throws.
 */
export class InputQueue implements AsyncIterable<never> {
  readonly #maxAudioAgeMs: number;
  #entries: Entry[] = [];
  #isFinished = false;
  /** Called when there is something to take, or no more comes. */
  reader: (() => void) | undefined;

  constructor(maxAudioAgeMs: number) {
    this.#maxAudioAgeMs = maxAudioAgeMs;
  }

  /** The SDK is given the queue as a body and, with EventPayload for its handler, never reads it. */
  [Symbol.asyncIterator](): never {
    throw new Error('the queue is read by take()');
  }

  /** Whether no more comes in; what waits can still be taken. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** The next event; undefined when none waits. */
  take(): Uint8Array | undefined {
    return this.#entries.shift()?.bytes;
  }

  /** Queues an event; with audio, older audio that has waited too long is dropped. */
  push(bytes: Uint8Array, nowMs: number, kind: 'control' | 'audio' = 'control'): Backlog {
    if (this.#isFinished) return NO_BACKLOG;
    const limitMs = nowMs - this.#maxAudioAgeMs;
    const isLate = kind === 'audio' && (this.#entries[0]?.queuedAtMs ?? limitMs) < limitMs;
    const dropped = isLate ? this.#dropAudioBefore(limitMs) : 0;
    this.#entries.push({ bytes, isAudio: kind === 'audio', queuedAtMs: nowMs });
    this.reader?.();
    return { dropped, lagMs: nowMs - (this.#entries[0]?.queuedAtMs ?? nowMs) };
  }

  /** Ends the body once what is queued has been taken. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.reader?.();
  }

  /** Ends the body at once. */
  discard(): void {
    this.#entries = [];
    this.finish();
  }

  /** How many events wait. */
  get length(): number {
    return this.#entries.length;
  }

  #dropAudioBefore(limitMs: number): number {
    const before = this.length;
    this.#entries = this.#entries.filter((entry) => !entry.isAudio || entry.queuedAtMs >= limitMs);
    return before - this.#entries.length;
  }
}
