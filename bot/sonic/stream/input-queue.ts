/** As the SDK wants an input event. */
export interface InputItem {
  readonly chunk: { readonly bytes: Uint8Array };
}

interface Entry {
  readonly item: InputItem;
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
const DONE: IteratorResult<InputItem, undefined> = { done: true, value: undefined };

/**
 * The body of a request while it is being made: filled from outside, pulled by the SDK. Control events are never
 * dropped; audio that waited longer than `maxAudioAgeMs` is, oldest first. It never throws and never rejects, because
 * an SDK whose body throws hangs for good; and it holds nothing that would need the SDK to call `return()`.
 */
export class InputQueue implements AsyncIterableIterator<InputItem, undefined> {
  readonly #maxAudioAgeMs: number;
  #entries: Entry[] = [];
  /** Entries before this one have been taken. */
  #head = 0;
  #reader: ((result: IteratorResult<InputItem, undefined>) => void) | undefined;
  #isFinished = false;

  constructor(maxAudioAgeMs: number) {
    this.#maxAudioAgeMs = maxAudioAgeMs;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For the SDK: the next event, as soon as there is one. One reader at a time. */
  next(): Promise<IteratorResult<InputItem, undefined>> {
    const entry = this.#entries[this.#head];
    if (entry !== undefined) {
      this.#head += 1;
      this.#compact();
      return Promise.resolve({ done: false, value: entry.item });
    }
    if (this.#isFinished) return Promise.resolve(DONE);
    return new Promise((resolve) => (this.#reader = resolve));
  }

  /** For the SDK: it wants no more. */
  return(): Promise<IteratorResult<InputItem, undefined>> {
    this.discard();
    return Promise.resolve(DONE);
  }

  /** Queues an event; with audio, older audio that has waited too long is dropped. */
  push(bytes: Uint8Array, nowMs: number, kind: 'control' | 'audio' = 'control'): Backlog {
    if (this.#isFinished) return NO_BACKLOG;
    const item: InputItem = { chunk: { bytes } };
    if (this.#reader !== undefined) {
      const reader = this.#reader;
      this.#reader = undefined;
      reader({ done: false, value: item });
      return NO_BACKLOG;
    }
    const limitMs = nowMs - this.#maxAudioAgeMs;
    const isLate = kind === 'audio' && (this.#entries[this.#head]?.queuedAtMs ?? limitMs) < limitMs;
    const dropped = isLate ? this.#dropAudioBefore(limitMs) : 0;
    this.#entries.push({ item, isAudio: kind === 'audio', queuedAtMs: nowMs });
    return { dropped, lagMs: nowMs - (this.#entries[this.#head]?.queuedAtMs ?? nowMs) };
  }

  /** Ends the body once what is queued has been taken. */
  finish(): void {
    this.#isFinished = true;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(DONE);
  }

  /** Ends the body at once. */
  discard(): void {
    this.#entries = [];
    this.#head = 0;
    this.finish();
  }

  /** How many events wait. */
  get length(): number {
    return this.#entries.length - this.#head;
  }

  #dropAudioBefore(limitMs: number): number {
    const before = this.length;
    this.#entries = this.#entries.slice(this.#head).filter((entry) => !entry.isAudio || entry.queuedAtMs >= limitMs);
    this.#head = 0;
    return before - this.#entries.length;
  }

  #compact(): void {
    if (this.#head === this.#entries.length) {
      this.#entries.length = 0;
      this.#head = 0;
    } else if (this.#head >= 256) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
