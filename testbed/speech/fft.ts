/** In-place radix-2 FFT of complex numbers; the length must be a power of two. `inverse` includes the 1/n. */
export function fft(real: Float64Array, imaginary: Float64Array, inverse = false): void {
  const size = real.length;
  if (size === 0 || (size & (size - 1)) !== 0 || imaginary.length !== size) throw new RangeError('not a power of two');
  reverseBits(real, imaginary);
  const { cosines, sines } = turnsOf(size);
  const direction = inverse ? 1 : -1;
  for (let span = 2; span <= size; span *= 2) {
    const half = span / 2;
    const stride = size / span;
    for (let start = 0; start < size; start += span) {
      for (let step = 0; step < half; step += 1) {
        const low = start + step;
        const high = low + half;
        const cosine = at(cosines, step * stride);
        const sine = direction * at(sines, step * stride);
        const turnedReal = at(real, high) * cosine - at(imaginary, high) * sine;
        const turnedImaginary = at(real, high) * sine + at(imaginary, high) * cosine;
        real[high] = at(real, low) - turnedReal;
        imaginary[high] = at(imaginary, low) - turnedImaginary;
        real[low] = at(real, low) + turnedReal;
        imaginary[low] = at(imaginary, low) + turnedImaginary;
      }
    }
  }
  if (!inverse) return;
  for (let index = 0; index < size; index += 1) {
    real[index] = at(real, index) / size;
    imaginary[index] = at(imaginary, index) / size;
  }
}

/** The smallest power of two that is at least `length`. */
export function powerOfTwo(length: number): number {
  let size = 1;
  while (size < length) size *= 2;
  return size;
}

interface Turns {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** The last few sizes': recordings are followed piece by piece, and pieces are of one size. */
const KEPT_TURNS = 4;
const kept = new Map<number, Turns>();

/** The cosine and sine of each of the first half of `size` equal turns. */
function turnsOf(size: number): Turns {
  const known = kept.get(size);
  if (known !== undefined) return known;
  const turns: Turns = { cosines: new Float64Array(size / 2), sines: new Float64Array(size / 2) };
  for (let turn = 0; turn < size / 2; turn += 1) {
    turns.cosines[turn] = Math.cos((2 * Math.PI * turn) / size);
    turns.sines[turn] = Math.sin((2 * Math.PI * turn) / size);
  }
  const [oldest] = kept.keys();
  if (kept.size === KEPT_TURNS && oldest !== undefined) kept.delete(oldest);
  kept.set(size, turns);
  return turns;
}

function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let index = 1, reversed = 0; index < size; index += 1) {
    let bit = size >> 1;
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (index >= reversed) continue;
    swap(real, index, reversed);
    swap(imaginary, index, reversed);
  }
}

function swap(values: Float64Array, a: number, b: number): void {
  const kept = at(values, a);
  values[a] = at(values, b);
  values[b] = kept;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
