import { readFileSync, writeFileSync } from 'node:fs';

/** Mono PCM16 audio. */
export interface Wav {
  readonly rateHz: number;
  readonly samples: Int16Array;
}

/** Not a mono PCM16 WAV. */
export class WavError extends Error {}

const FORMAT_PCM = 1;

/** Reads a mono PCM16 RIFF/WAVE; other chunks than `fmt ` and `data` are skipped. @throws WavError for anything else. */
export function decodeWav(bytes: Buffer): Wav {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new WavError('Not a RIFF/WAVE file');
  }
  let rateHz: number | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    if (start + size > bytes.length) throw new WavError(`Chunk ${id} is longer than the file`);
    if (id === 'fmt ') rateHz = readFormat(bytes.subarray(start, start + size));
    if (id === 'data') {
      if (rateHz === undefined) throw new WavError('Chunk data comes before fmt');
      if (size % 2 !== 0) throw new WavError('Chunk data holds half a sample');
      const samples = new Int16Array(size / 2);
      for (let i = 0; i < samples.length; i += 1) samples[i] = bytes.readInt16LE(start + i * 2);
      return { rateHz, samples };
    }
    at = start + size + (size % 2);
  }
  throw new WavError('No data chunk');
}

function readFormat(format: Buffer): number {
  if (format.length < 16) throw new WavError('Chunk fmt is too short');
  if (format.readUInt16LE(0) !== FORMAT_PCM) throw new WavError('Not linear PCM');
  if (format.readUInt16LE(2) !== 1) throw new WavError('Not mono');
  if (format.readUInt16LE(14) !== 16) throw new WavError('Not 16 bits a sample');
  return format.readUInt32LE(4);
}

/** Writes a mono PCM16 RIFF/WAVE. */
export function encodeWav({ rateHz, samples }: Wav): Buffer {
  const out = Buffer.alloc(44 + samples.length * 2);
  out.write('RIFF', 0, 'latin1');
  out.writeUInt32LE(36 + samples.length * 2, 4);
  out.write('WAVEfmt ', 8, 'latin1');
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(FORMAT_PCM, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rateHz, 24);
  out.writeUInt32LE(rateHz * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write('data', 36, 'latin1');
  out.writeUInt32LE(samples.length * 2, 40);
  for (let i = 0; i < samples.length; i += 1) out.writeInt16LE(samples[i] ?? 0, 44 + i * 2);
  return out;
}

/** Reads a file. @throws WavError naming the file. */
export function readWav(file: string): Wav {
  try {
    return decodeWav(readFileSync(file));
  } catch (error) {
    if (error instanceof WavError) throw new WavError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Writes a file. */
export function writeWav(file: string, wav: Wav): void {
  writeFileSync(file, encodeWav(wav));
}

/**
 * The same with silence before it. A browser's fake microphone starts its file when a page first asks for the
 * microphone, some time before a call is connected.
 */
export function afterSilence({ rateHz, samples }: Wav, silenceMs: number): Wav {
  const lead = Math.round((silenceMs * rateHz) / 1000);
  const late = new Int16Array(lead + samples.length);
  late.set(samples, lead);
  return { rateHz, samples: late };
}
