/** A first-in first-out of samples, held as the pieces they came in; nothing is copied until it is taken out. */
export class SampleQueue {
  #pieces: Int16Array[] = [];
  /** Samples of the first piece that are already taken. */
  #taken = 0;
  #length = 0;

  /** Samples waiting. */
  get length(): number {
    return this.#length;
  }

  push(piece: Int16Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** Takes `count` samples out; where there are fewer, the rest is silence. */
  take(count: number): Int16Array {
    const out = new Int16Array(count);
    let filled = 0;
    let usedPieces = 0;
    while (filled < count) {
      const piece = this.#pieces[usedPieces];
      if (piece === undefined) break;
      const part = piece.subarray(this.#taken, this.#taken + count - filled);
      out.set(part, filled);
      filled += part.length;
      this.#taken += part.length;
      if (this.#taken === piece.length) {
        usedPieces += 1;
        this.#taken = 0;
      }
    }
    if (usedPieces > 0) this.#pieces.splice(0, usedPieces);
    this.#length -= filled;
    return out;
  }

  clear(): void {
    this.#pieces = [];
    this.#taken = 0;
    this.#length = 0;
  }
}
