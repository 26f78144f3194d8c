import { FIRST_REPLAY_BYTES, halveHistory, MIN_HISTORY_BYTES } from '../protocol/history';
import type { Recovery } from '../stream/failure';

/** So often in a row a stream that the service refuses is opened again, in doubt whether the input is at fault. */
const MAX_DOUBTS = 3;

/**
 * How much of what was said the next stream is told, and what a refusal means. It begins small, doubles with each replay
 * after which the model spoke, and halves with each that was refused, so that no history is sent twice to be refused twice.
 */
export class ReplayAllowance {
  readonly #maxBytes: number;
  #bytes: number;
  /** A replay of so many bytes was refused: none grows to that again. */
  #refusedBytes = Infinity;
  /** What the active stream was told; undefined once the model has spoken. */
  #sentBytes: number | undefined;
  /** Refusals in a row that may be wrong. */
  #doubts = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Math.min(maxBytes, FIRST_REPLAY_BYTES);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A stream is told this much. */
  sent(bytes: number): void {
    this.#sentBytes = bytes;
  }

  /** The model speaks: it took what it was told. */
  spoke(): void {
    if (this.#sentBytes === undefined) return;
    const proven = this.#sentBytes > 0;
    this.#sentBytes = undefined;
    const doubled = Math.max(this.#bytes * 2, MIN_HISTORY_BYTES);
    if (proven && doubled < this.#refusedBytes) this.#bytes = Math.min(doubled, this.#maxBytes);
  }

  /** The model gave a whole answer: what was refused before was not refused for good. */
  answered(): void {
    this.#doubts = 0;
  }

  /** A stream ended so. @returns whether another, told less if need be, may do better */
  ended(recovery: Recovery): boolean {
    switch (recovery) {
      case 'retry':
        return true;
      case 'none':
        return false;
      case 'trim-history':
        return this.#halve();
      case 'doubt-input':
        this.#halve();
        this.#doubts += 1;
        // The last one is told nothing: it may be the history after all.
        if (this.#doubts === MAX_DOUBTS) this.#bytes = 0;
        return this.#doubts <= MAX_DOUBTS;
    }
  }

  /** @returns whether there was anything to leave out */
  #halve(): boolean {
    const bytes = Math.min(this.#bytes, this.#sentBytes ?? Infinity);
    if (bytes > 0) this.#refusedBytes = Math.min(this.#refusedBytes, bytes);
    this.#bytes = halveHistory(bytes);
    return bytes > 0;
  }
}
