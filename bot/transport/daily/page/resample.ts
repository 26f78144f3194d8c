/** Taps of each of the two filters: stop-band below −60 dB, 0.7 ms of delay. */
const TAPS = 32;
/** Of 24 kHz: speech up to 7.2 kHz passes, what would fold back at 8 kHz does not. */
const CUTOFF = 7_200 / 24_000;

/**
 * 24 kHz to 16 kHz: output `n` lies at input `1.5 n`, so two filters alternate, one for samples that fall on an input
 * sample and one for those halfway between two. Keeps its history between blocks of any length.
 */
export class Resampler24To16 {
  static readonly #onSample = filter(0);
  static readonly #halfway = filter(0.5);
  /** Input that later output still needs, and behind it room for the next block. */
  #joined = new Float32Array(TAPS);
  #kept = TAPS;
  /** Position of the next output, in half samples of input, from the first of `#joined`. */
  #nextHalf = 0;

  /**
   * @param output takes each sample that `input` completes: of two of input at most two
   * @returns how many they were
   */
  push(input: Float32Array, output: Float32Array): number {
    const joined = this.#roomFor(input.length);
    joined.set(input, this.#kept);
    const filled = this.#kept + input.length;
    let made = 0;
    for (; (this.#nextHalf >> 1) + TAPS <= filled; this.#nextHalf += 3) {
      const first = this.#nextHalf >> 1;
      const taps = this.#nextHalf % 2 === 0 ? Resampler24To16.#onSample : Resampler24To16.#halfway;
      let sum = 0;
      for (let tap = 0; tap < TAPS; tap += 1) sum += (joined[first + tap] ?? 0) * (taps[tap] ?? 0);
      output[made] = sum;
      made += 1;
    }
    const used = Math.min(this.#nextHalf >> 1, filled);
    joined.copyWithin(0, used, filled);
    this.#kept = filled - used;
    this.#nextHalf -= 2 * used;
    return made;
  }

  #roomFor(samples: number): Float32Array {
    if (this.#joined.length < this.#kept + samples) {
      const larger = new Float32Array(2 * TAPS + samples);
      larger.set(this.#joined.subarray(0, this.#kept));
      this.#joined = larger;
    }
    return this.#joined;
  }
}

/** A windowed sinc (Blackman) whose centre lies `offset` samples after the middle tap; its gain is 1. */
function filter(offset: number): Float32Array {
  const centre = (TAPS - 1) / 2 + (offset === 0 ? -0.5 : 0);
  const taps = Float32Array.from({ length: TAPS }, (_, tap) => {
    const x = tap - centre;
    const phase = (2 * Math.PI * (tap - centre + TAPS / 2)) / TAPS;
    const window = 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
    return window * (x === 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * x) / (Math.PI * x));
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}
