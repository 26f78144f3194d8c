/** In-place radix-2 FFT of complex numbers; the length must be a power of two. `inverse` includes the 1/n. */
export function fft(real: Float64Array, imaginary: Float64Array, inverse = false): void {
  const size = real.length;
  if (size === 0 || (size & (size - 1)) !== 0 || imaginary.length !== size) throw new RangeError('not a power of two');
  reverseBits(real, imaginary);
  for (let span = 2; span <= size; span *= 2) {
    const half = span / 2;
    const angle = ((inverse ? 2 : -2) * Math.PI) / span;
    for (let turn = 0; turn < half; turn += 1) {
      const cosine = Math.cos(angle * turn);
      const sine = Math.sin(angle * turn);
      for (let low = turn; low < size; low += span) {
        const high = low + half;
        const highReal = at(real, high) * cosine - at(imaginary, high) * sine;
        const highImaginary = at(real, high) * sine + at(imaginary, high) * cosine;
        real[high] = at(real, low) - highReal;
        imaginary[high] = at(imaginary, low) - highImaginary;
        real[low] = at(real, low) + highReal;
        imaginary[low] = at(imaginary, low) + highImaginary;
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
