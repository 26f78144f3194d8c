/** 24 taps at 16 kHz and 48 at 24 kHz: 0.7 and 1 ms of delay, and what would fold back is 50 dB down. */
const UP_TAPS = 24;
const DOWN_TAPS = 48;
/** Between what a telephone passes (3.4 kHz) and half its rate. */
const CUTOFF_HZ = 3_850;
/** Of Kaiser's window: about 50 dB outside of the band. */
const KAISER_BETA = 4.55;

/** A low-pass filter of `taps` at `rateHz` whose taps add up to `gain`. */
function lowPass(taps: number, rateHz: number, gain: number): Float32Array {
  const middle = (taps - 1) / 2;
  const width = (2 * CUTOFF_HZ) / rateHz;
  const raw = Array.from({ length: taps }, (_, tap) => {
    const x = tap - middle;
    const sinc = x === 0 ? width : Math.sin(Math.PI * width * x) / (Math.PI * x);
    return sinc * bessel(KAISER_BETA * Math.sqrt(1 - (x / middle) ** 2));
  });
  const sum = raw.reduce((total, tap) => total + tap, 0);
  return Float32Array.from(raw, (tap) => (tap * gain) / sum);
}

/** The modified Bessel function of the first kind, of order 0. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 20; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const UP = lowPass(UP_TAPS, 16_000, 2);
/** The filter's taps that meet a sample when every other one is a zero: for the even outputs, and for the odd ones. */
const UP_EVEN = UP.filter((_, tap) => tap % 2 === 0);
const UP_ODD = UP.filter((_, tap) => tap % 2 === 1);
const DOWN = lowPass(DOWN_TAPS, 24_000, 1);

function clip(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}

/** The newest sample of `history` and those before it, weighted. */
function weighted(history: Float32Array, newest: number, taps: Float32Array): number {
  let sum = 0;
  for (let tap = 0; tap < taps.length; tap += 1) sum += (taps[tap] ?? 0) * (history[newest - tap] ?? 0);
  return sum;
}

/** Samples that the filter still needs, with new ones behind them. */
class History {
  readonly #kept: number;
  #samples: Float32Array;

  constructor(taps: number) {
    this.#kept = taps - 1;
    this.#samples = new Float32Array(this.#kept);
  }

  /** All that is needed; the new ones begin at `first`. */
  with(pcm: Int16Array): { readonly samples: Float32Array; readonly first: number } {
    const samples = new Float32Array(this.#kept + pcm.length);
    samples.set(this.#samples.subarray(this.#samples.length - this.#kept));
    samples.set(pcm, this.#kept);
    this.#samples = samples;
    return { samples, first: this.#kept };
  }

  reset(): void {
    this.#samples = new Float32Array(this.#kept);
  }
}

/** 8 kHz to 16 kHz, piece by piece without a seam. */
export class Upsampler {
  readonly #history = new History(UP_EVEN.length);

  push(pcm8k: Int16Array): Int16Array {
    const { samples, first } = this.#history.with(pcm8k);
    const pcm16k = new Int16Array(pcm8k.length * 2);
    for (let index = 0; index < pcm8k.length; index += 1) {
      pcm16k[2 * index] = clip(weighted(samples, first + index, UP_EVEN));
      pcm16k[2 * index + 1] = clip(weighted(samples, first + index, UP_ODD));
    }
    return pcm16k;
  }
}

/** 24 kHz to 8 kHz, piece by piece without a seam: a third of the samples, whatever the pieces' lengths. */
export class Downsampler {
  readonly #history = new History(DOWN_TAPS);
  /** How many new samples come before the next one that is put out. */
  #skip = 2;

  push(pcm24k: Int16Array): Int16Array {
    const { samples, first } = this.#history.with(pcm24k);
    const count = Math.max(0, Math.ceil((pcm24k.length - this.#skip) / 3));
    const pcm8k = new Int16Array(count);
    for (let index = 0; index < count; index += 1) {
      pcm8k[index] = clip(weighted(samples, first + this.#skip + 3 * index, DOWN));
    }
    this.#skip += 3 * count - pcm24k.length;
    return pcm8k;
  }

  /** What the filter still holds of the sound that has ended. */
  drain(): Int16Array {
    const rest = this.push(new Int16Array(DOWN_TAPS / 2));
    this.reset();
    return rest;
  }

  /** Forgets what it holds: none of it is heard in what comes next. */
  reset(): void {
    this.#history.reset();
    this.#skip = 2;
  }
}
