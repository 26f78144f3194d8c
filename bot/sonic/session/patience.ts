import type { StreamFailure } from '../stream/failure';

/** After this many streams in a row without a complete answer, the model is at fault and not the stream. */
const MAX_UNANSWERED = 3;

/** Counts the streams that were given up since the last complete answer. No I/O. */
export class Patience {
  #unanswered = 0;

  /** The model has answered, or let itself be interrupted. */
  answered(): void {
    this.#unanswered = 0;
  }

  /** A stream is given up for `failure`: another may do better, unless several in a row did not. */
  givenUp(failure: StreamFailure): StreamFailure {
    this.#unanswered += 1;
    return this.#unanswered > MAX_UNANSWERED ? { ...failure, recovery: 'none' } : failure;
  }
}
