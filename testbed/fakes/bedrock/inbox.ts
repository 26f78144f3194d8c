import { TEXTS, validation, type ServiceException } from './exceptions';
import { FrameReader, FramingError, decodeFrame, type Frame } from './framing';
import { parseChunk, type InputEvent } from './input';
import type { ChunkChain } from './sigv4';

/** What a piece of the request holds. */
export type Received =
  | { readonly kind: 'event'; readonly event: InputEvent; readonly bytes: number }
  /** The request is refused for something in it. */
  | { readonly kind: 'problem'; readonly about: string; readonly exception: ServiceException };

/** Takes a request apart: messages, their signatures, the event in each. */
export class Inbox {
  readonly #chain: ChunkChain;
  readonly #epochMs: () => number;
  readonly #reader = new FrameReader();
  #ended = false;

  constructor(chain: ChunkChain, epochMs: () => number) {
    this.#chain = chain;
    this.#epochMs = epochMs;
  }

  /** The events in the next piece of the request, up to the first problem. */
  *push(chunk: Buffer): Generator<Received> {
    try {
      for (const frame of this.#reader.push(chunk)) {
        const received = this.#read(frame);
        if (received !== undefined) yield received;
        if (received?.kind === 'problem') return;
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      yield problem('message', error.message);
    }
  }

  /** What is wrong with a request that ends now, if anything. */
  get incomplete(): string | undefined {
    if (this.#reader.pendingBytes > 0) return 'The request ended within a message';
    return this.#ended ? undefined : 'The request ended without its empty last message';
  }

  /** True when a message has come in only in part. */
  get cutOff(): boolean {
    return this.#reader.pendingBytes > 0;
  }

  #read(frame: Frame): Received | undefined {
    const wrong = this.#chain.verify(frame, this.#epochMs());
    if (wrong !== undefined) {
      const exception = { type: 'InvalidSignatureException', message: `${TEXTS.invalidSignature} (${wrong})` };
      return { kind: 'problem', about: 'signature', exception };
    }
    if (this.#ended) return problem('message', 'Message after the empty last message');
    if (frame.body.length === 0) {
      this.#ended = true;
      return undefined;
    }
    const inner = decodeFrame(frame.body);
    const type = inner.headers.get(':event-type')?.value;
    if (inner.headers.get(':message-type')?.value !== 'event' || type !== 'chunk')
      return problem('message', 'Expected an event message of type chunk');
    const parsed = parseChunk(inner.body);
    if (!parsed.ok) return problem('chunk', parsed.message);
    return { kind: 'event', event: parsed.event, bytes: inner.body.length };
  }
}

function problem(about: string, message: string): Received {
  return { kind: 'problem', about, exception: validation(message) };
}
