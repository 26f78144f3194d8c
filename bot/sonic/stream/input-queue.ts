import type { Writable } from 'node:stream';
import type { EventSigner } from './event-signer';

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

/** Where the events go, and what signs them. */
interface Outlet {
  readonly stream: Writable;
  readonly signer: Pick<EventSigner, 'sign'>;
}

/**
 * The body of a request while it is being made: filled from outside, and signed and written as it fills, no faster than the
 * stream takes it. Control events are never dropped; audio that waited longer than `maxAudioAgeMs` is, oldest first.
 */
export class InputQueue implements AsyncIterable<never> {
  readonly #maxAudioAgeMs: number;
  #entries: Entry[] = [];
  #isFinished = false;
  #signer: Outlet['signer'] | undefined;
  #outlet: Outlet | undefined;
  #isBlocked = false;

  constructor(maxAudioAgeMs: number) {
    this.#maxAudioAgeMs = maxAudioAgeMs;
  }

  /** The SDK is given the queue as a body and, with EventPayload for its handler, never reads it. */
  [Symbol.asyncIterator](): never {
    throw new Error('the queue writes itself: flowInto()');
  }

  /** The request has been signed, and the events follow it. Once. */
  signWith(signer: Outlet['signer']): void {
    this.#signer = signer;
  }

  /** Writes what comes to `stream`, and ends it with the queue. Once. @throws Error before `signWith` */
  flowInto(stream: Writable): void {
    if (this.#signer === undefined) throw new Error('the events of a request that is not signed cannot be sent');
    this.#outlet = { stream, signer: this.#signer };
    stream.on('drain', () => {
      this.#isBlocked = false;
      this.#flow();
    });
    this.#flow();
  }

  /** Writes nothing more; what comes waits. Idempotent. */
  stop(): void {
    this.#outlet = undefined;
  }

  /** Queues an event; with audio, older audio that has waited too long is dropped. */
  push(bytes: Uint8Array, nowMs: number, kind: 'control' | 'audio' = 'control'): Backlog {
    if (this.#isFinished) return NO_BACKLOG;
    const limitMs = nowMs - this.#maxAudioAgeMs;
    const isLate = kind === 'audio' && (this.#entries[0]?.queuedAtMs ?? limitMs) < limitMs;
    const dropped = isLate ? this.#dropAudioBefore(limitMs) : 0;
    this.#entries.push({ bytes, isAudio: kind === 'audio', queuedAtMs: nowMs });
    this.#flow();
    return { dropped, lagMs: nowMs - (this.#entries[0]?.queuedAtMs ?? nowMs) };
  }

  /** Ends the body once what is queued has been taken. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#flow();
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

  #flow(): void {
    if (this.#outlet === undefined || this.#isBlocked) return;
    const { stream, signer } = this.#outlet;
    for (let entry = this.#entries.shift(); entry !== undefined; entry = this.#entries.shift()) {
      if (stream.write(signer.sign(entry.bytes))) continue;
      this.#isBlocked = true;
      return;
    }
    if (!this.#isFinished) return;
    this.stop();
    stream.end(signer.sign(undefined));
  }

  #dropAudioBefore(limitMs: number): number {
    const before = this.length;
    this.#entries = this.#entries.filter((entry) => !entry.isAudio || entry.queuedAtMs >= limitMs);
    return before - this.#entries.length;
  }
}
