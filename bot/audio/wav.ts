const HEADER_BYTES = 44;

/** The samples of a mono PCM16 WAV file at this rate with the plain 44-byte header; undefined for any other file. */
export function pcmOfWav(file: Buffer, rateHz: number): Int16Array | undefined {
  const isPlain =
    file.length > HEADER_BYTES &&
    file.toString('latin1', 0, 4) === 'RIFF' &&
    file.toString('latin1', 36, 40) === 'data' &&
    file.readUInt16LE(20) === 1 &&
    file.readUInt16LE(22) === 1 &&
    file.readUInt32LE(24) === rateHz &&
    file.readUInt16LE(34) === 16;
  if (!isPlain) return undefined;
  // A copy, since samples must lie at an even place.
  const samples = Uint8Array.from(file.subarray(HEADER_BYTES));
  return new Int16Array(samples.buffer, 0, samples.length >> 1);
}
