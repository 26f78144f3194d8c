import type { Writable } from 'node:stream';
import type { EventSigner } from './event-signer';
import type { InputQueue } from './input-queue';

/** The body of a request whose events are signed and written as they come, no faster than the stream takes them. */
export class SignedBody {
  readonly #queue: InputQueue;
  readonly #signer: EventSigner;
  #stream: Writable | undefined;
  #isBlocked = false;

  constructor(queue: InputQueue, signer: EventSigner) {
    this.#queue = queue;
    this.#signer = signer;
  }

  /** Writes what comes to `stream`, and ends it with the queue. Once. */
  flowInto(stream: Writable): void {
    this.#stream = stream;
    stream.on('drain', () => {
      this.#isBlocked = false;
      this.#flow();
    });
    this.#queue.reader = this.#flow;
    this.#flow();
  }

  /** Writes nothing more. Idempotent. */
  stop(): void {
    this.#stream = undefined;
    this.#queue.reader = undefined;
  }

  readonly #flow = (): void => {
    const stream = this.#stream;
    if (stream === undefined || this.#isBlocked) return;
    for (let event = this.#queue.take(); event !== undefined; event = this.#queue.take()) {
      if (stream.write(this.#signer.sign(event))) continue;
      this.#isBlocked = true;
      return;
    }
    if (!this.#queue.isFinished) return;
    this.stop();
    stream.end(this.#signer.signEnd());
  };
}
