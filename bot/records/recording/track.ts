/**
 * A few seconds of one side of a call as samples at fixed places, counted from the beginning of the recording. Sound may be
 * written ahead, behind what is there, and taken back as long as it has not been taken; what nobody wrote is silence.
 */
export class Track {
  readonly #ring: Int16Array;
  /** The first sample that has not been taken. */
  #from = 0;
  #end = 0;

  /** @param capacity samples from the first that has not been taken */
  constructor(capacity: number) {
    this.#ring = new Int16Array(capacity);
  }

  /** The sample after the last one that was written. */
  get end(): number {
    return this.#end;
  }

  /** Whether there is anything that has not been taken. */
  get hasSound(): boolean {
    return this.#from < this.#end;
  }

  /** Writes `pcm` from sample `at` on. Returns how many samples were too early or too far ahead, and are lost. */
  write(at: number, pcm: Int16Array): number {
    const from = Math.max(at, this.#from);
    const to = Math.min(at + pcm.length, this.#from + this.#ring.length);
    if (to <= from) return pcm.length;
    this.#end = Math.max(this.#end, to);
    const piece = pcm.subarray(from - at, to - at);
    const start = from % this.#ring.length;
    const first = Math.min(piece.length, this.#ring.length - start);
    this.#ring.set(piece.subarray(0, first), start);
    this.#ring.set(piece.subarray(first), 0);
    return pcm.length - piece.length;
  }

  /** Takes back what was written from sample `at` on, faded out over the first `fade` samples of it. */
  cut(at: number, fade: number): void {
    const from = Math.max(at, this.#from);
    for (let sample = from; sample < this.#end; sample += 1) {
      const index = sample % this.#ring.length;
      const gain = Math.max(0, 1 - (sample - from + 1) / fade);
      this.#ring[index] = gain === 0 ? 0 : Math.round((this.#ring[index] ?? 0) * gain);
    }
    this.#end = Math.min(this.#end, from + fade);
  }

  /** Takes the next samples, as many as `target` holds. Returns whether any of them is sound. */
  take(target: Int16Array): boolean {
    const { hasSound } = this;
    const start = this.#from % this.#ring.length;
    const first = Math.min(target.length, this.#ring.length - start);
    if (hasSound) {
      target.set(this.#ring.subarray(start, start + first));
      target.set(this.#ring.subarray(0, target.length - first), first);
      this.#ring.fill(0, start, start + first);
      this.#ring.fill(0, 0, target.length - first);
    } else target.fill(0);
    this.#from += target.length;
    this.#end = Math.max(this.#end, this.#from);
    return hasSound && target.some((sample) => sample !== 0);
  }
}
