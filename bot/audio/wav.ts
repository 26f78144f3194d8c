import { pcmToBytes } from './pcm';

export const WAV_HEADER_BYTES = 44;

/** The plain header of a mono PCM16 WAV file whose samples take `bytes`. */
export function wavHeader(bytes: number, rateHz: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}

/** A mono PCM16 WAV file. */
export function wavOf(pcm: Int16Array, rateHz: number): Buffer {
  return Buffer.concat([wavHeader(pcm.byteLength, rateHz), pcmToBytes(pcm)]);
}

/** The samples of a mono PCM16 WAV file at this rate with the plain 44-byte header; undefined for any other file. */
export function pcmOfWav(file: Buffer, rateHz: number): Int16Array | undefined {
  const isPlain =
    file.length > WAV_HEADER_BYTES &&
    file.toString('latin1', 0, 4) === 'RIFF' &&
    file.toString('latin1', 36, 40) === 'data' &&
    file.readUInt16LE(20) === 1 &&
    file.readUInt16LE(22) === 1 &&
    file.readUInt32LE(24) === rateHz &&
    file.readUInt16LE(34) === 16;
  if (!isPlain) return undefined;
  // A copy, since samples must lie at an even place.
  const samples = Uint8Array.from(file.subarray(WAV_HEADER_BYTES));
  return new Int16Array(samples.buffer, 0, samples.length >> 1);
}
