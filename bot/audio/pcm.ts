/** Inside the process audio is always mono PCM16 little endian: this rate towards the model… */
export const MODEL_INPUT_HZ = 16_000;
/** …and this rate from it. */
export const MODEL_OUTPUT_HZ = 24_000;

/** Milliseconds that `samples` last at `rateHz`. */
export function samplesToMs(samples: number, rateHz: number): number {
  return (samples * 1000) / rateHz;
}

/** Samples that `ms` milliseconds hold at `rateHz`, rounded down. */
export function msToSamples(ms: number, rateHz: number): number {
  return Math.floor((ms * rateHz) / 1000);
}

/** A view of `bytes` as samples, without copying where the offset is even; an odd last byte is left out. */
export function bytesToPcm(bytes: Uint8Array): Int16Array {
  const length = bytes.byteLength >> 1;
  if (bytes.byteOffset % 2 === 0) return new Int16Array(bytes.buffer, bytes.byteOffset, length);
  return new Int16Array(bytes.slice(0, length * 2).buffer);
}

/** A view of `samples` as bytes, without copying. */
export function pcmToBytes(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Root mean square of `samples` on a scale where full scale is 1; 0 for none. */
export function rms(samples: Int16Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length) / 32_768;
}
