/* G.711 µ-law (ITU-T G.711, table 2): 8 bits that stand for 14, with the sign, three bits of segment and four of step. */

const BIAS = 0x84;
const CLIP = 32_635;

/** What µ-law makes of silence. */
export const MULAW_SILENCE = 0xff;

const DECODED = Int16Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 0x07)) - BIAS;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
});

/** By the sample's 16 bits. */
const ENCODED = Uint8Array.from({ length: 65_536 }, (_, bits) => encodeSample((bits << 16) >> 16));

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const segment = 31 - Math.clz32(magnitude) - 7;
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

/** 8 kHz µ-law as PCM16. */
export function decodeMulaw(bytes: Uint8Array): Int16Array {
  const pcm = new Int16Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) pcm[index] = DECODED[bytes[index] ?? MULAW_SILENCE] ?? 0;
  return pcm;
}

/** PCM16 as µ-law. @param target takes it from its beginning; it is as long as `pcm` at least */
export function encodeMulaw(pcm: Int16Array, target: Uint8Array): void {
  for (let index = 0; index < pcm.length; index += 1) target[index] = ENCODED[(pcm[index] ?? 0) & 0xffff] ?? 0;
}
