/** As the SDK wants an input event. */
export interface InputItem {
  readonly chunk: { readonly bytes: Uint8Array };
}

interface Entry {
  readonly item: InputItem;
  readonly isAudio: boolean;
  readonly queuedAtMs: number;
}

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
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  /** For the SDK: it wants no more. */
  return(): Promise<IteratorResult<InputItem, undefined>> {
    this.discard();
    return Promise.resolve(DONE);
  }

  /** Queues a control event. */
  push(bytes: Uint8Array, nowMs: number): void {
    this.#put(bytes, false, nowMs);
  }

  /** Queues audio; says how many older frames had to go. */
  pushAudio(bytes: Uint8Array, nowMs: number): number {
    const dropped = this.#dropAudioBefore(nowMs - this.#maxAudioAgeMs);
    this.#put(bytes, true, nowMs);
    return dropped;
  }

  /** Ends the body once what is queued has been taken. */
  finish(): void {
    this.#isFinished = true;
    if (this.#reader === undefined) return;
    const reader = this.#reader;
    this.#reader = undefined;
    reader(DONE);
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

  /** How long the oldest event has waited, in ms; 0 when none waits. */
  lagMs(nowMs: number): number {
    const oldest = this.#entries[this.#head];
    return oldest === undefined ? 0 : nowMs - oldest.queuedAtMs;
  }

  #put(bytes: Uint8Array, isAudio: boolean, nowMs: number): void {
    if (this.#isFinished) return;
    const item: InputItem = { chunk: { bytes } };
    if (this.#reader !== undefined) {
      const reader = this.#reader;
      this.#reader = undefined;
      reader({ done: false, value: item });
      return;
    }
    this.#entries.push({ item, isAudio, queuedAtMs: nowMs });
  }

  #dropAudioBefore(limitMs: number): number {
    const oldest = this.#entries[this.#head];
    if (oldest === undefined || oldest.queuedAtMs >= limitMs) return 0;
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
