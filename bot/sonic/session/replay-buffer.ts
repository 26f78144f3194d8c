/** 32 ms at 16 kHz: what one event of input audio holds. */
export const FRAME_SAMPLES = 512;
export const FRAME_MS = 32;

/**
 * The caller's audio between the pieces a transport gives and the frames a model is sent. A ring that holds what waits
 * and, behind it, what was sent lately, so that a new stream can be sent again what a broken one may not have heard. No
 * allocation, one copy.
 */
export class ReplayBuffer {
  readonly #ring: Int16Array;
  readonly #frames: number;
  /** Samples ever written, and frames ever taken; frames lie at multiples of their length, so none wraps around. */
  #written = 0;
  #taken = 0;
  /** Frames before this one are never replayed. */
  #settled = 0;

  constructor(keepMs: number) {
    this.#frames = Math.max(2, Math.ceil(keepMs / FRAME_MS));
    this.#ring = new Int16Array(this.#frames * FRAME_SAMPLES);
  }

  /** Adds audio in pieces of any size; returns how many waiting frames were overwritten. */
  push(pcm16k: Int16Array): number {
    // Of a piece longer than the ring only the end can be kept.
    const kept = pcm16k.length > this.#ring.length ? pcm16k.subarray(pcm16k.length - this.#ring.length) : pcm16k;
    const position = this.#written % this.#ring.length;
    const first = kept.subarray(0, this.#ring.length - position);
    this.#ring.set(first, position);
    if (first.length < kept.length) this.#ring.set(kept.subarray(first.length), 0);
    this.#written += kept.length;
    return this.#forgetOverwritten();
  }

  get writtenSamples(): number {
    return this.#written;
  }

  get waitingFrames(): number {
    return Math.floor(this.#written / FRAME_SAMPLES) - this.#taken;
  }

  /** The next frame, a view that is valid until the ring comes round; undefined when none is complete. */
  take(): Int16Array | undefined {
    if (this.waitingFrames === 0) return undefined;
    const start = (this.#taken % this.#frames) * FRAME_SAMPLES;
    this.#taken += 1;
    return this.#ring.subarray(start, start + FRAME_SAMPLES);
  }

  /** Completes the last frame with silence. */
  completeFrame(): void {
    const over = this.#written % FRAME_SAMPLES;
    if (over === 0) return;
    const position = this.#written % this.#ring.length;
    this.#ring.fill(0, position, position + FRAME_SAMPLES - over);
    this.#written += FRAME_SAMPLES - over;
    this.#forgetOverwritten();
  }

  /** What was taken so far, except the last `keepFrames`, was understood or answered: it is not replayed. */
  settle(keepFrames = 0): void {
    this.#settled = Math.max(this.#settled, this.#taken - keepFrames);
  }

  /**
   * Puts back what was taken and not settled, as far as it is still there; returns how many frames.
   * @param atLeast so many frames, though they are settled
   */
  rewind(atLeast = 0): number {
    const oldest = Math.max(0, Math.ceil((this.#written - this.#ring.length) / FRAME_SAMPLES));
    const target = Math.max(oldest, Math.min(this.#settled, this.#taken - atLeast));
    if (target >= this.#taken) return 0;
    const frames = this.#taken - target;
    this.#taken = target;
    return frames;
  }

  #forgetOverwritten(): number {
    const oldest = Math.ceil((this.#written - this.#ring.length) / FRAME_SAMPLES);
    if (oldest <= this.#taken) return 0;
    const lost = oldest - this.#taken;
    this.#taken = oldest;
    return lost;
  }
}
