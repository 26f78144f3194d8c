import { encodeWav } from '../../testbed/speech';

/** A WAV with the caller on the left and the bot on the right, as base64. */
export function stereoWav(left: Int16Array, right: Int16Array, rateHz: number): string {
  const samples = new Int16Array(left.length * 2);
  left.forEach((sample, at) => {
    samples[at * 2] = sample;
    samples[at * 2 + 1] = right[at] ?? 0;
  });
  const wav = encodeWav({ rateHz, samples });
  // Two channels: how many, bytes a second, bytes of both.
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(rateHz * 4, 28);
  wav.writeUInt16LE(4, 32);
  return wav.toString('base64');
}
