/** A first-in, first-out queue of samples, taken in pieces of any size. Holds the pieces it was given; copies once. */
export class SampleQueue {
  readonly #chunks: Int16Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#chunks.push(samples);
    this.#length += samples.length;
  }

  /** Fills `target` from the front; what is missing becomes silence. Returns how many samples were there. */
  take(target: Int16Array): number {
    let filled = 0;
    while (filled < target.length) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const count = Math.min(chunk.length, target.length - filled);
      target.set(count === chunk.length ? chunk : chunk.subarray(0, count), filled);
      filled += count;
      if (count === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(count);
    }
    target.fill(0, filled);
    this.#length -= filled;
    return filled;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#length = 0;
  }
}
