import { readFile, writeFile } from 'node:fs/promises';

/** Mono PCM16 at a rate. */
export interface Sound {
  readonly samples: Int16Array;
  readonly rateHz: number;
}

/** Reads a mono PCM16 WAV file. @throws Error for any other kind. */
export async function readWav(path: string): Promise<Sound> {
  const bytes = await readFile(path);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error(`${path} is not a WAV file`);
  let rateHz = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const chunk = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    if (chunk === 'fmt ') {
      const [encoding, channels, bits] = [
        bytes.readUInt16LE(at + 8),
        bytes.readUInt16LE(at + 10),
        bytes.readUInt16LE(at + 22),
      ];
      if (encoding !== 1 || channels !== 1 || bits !== 16) throw new Error(`${path} is not mono PCM16`);
      rateHz = bytes.readUInt32LE(at + 12);
    }
    if (chunk === 'data') {
      const data = bytes.subarray(at + 8, at + 8 + Math.min(length, bytes.length - at - 8));
      return { samples: new Int16Array(Uint8Array.from(data).buffer, 0, data.length >> 1), rateHz };
    }
    at += 8 + length + (length % 2);
  }
  throw new Error(`${path} has no data chunk`);
}

/** Writes a mono PCM16 WAV file. */
export async function writeWav(path: string, sound: Sound): Promise<void> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + sound.samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sound.rateHz, 24);
  header.writeUInt32LE(sound.rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(sound.samples.byteLength, 40);
  const { buffer, byteOffset, byteLength } = sound.samples;
  await writeFile(path, Buffer.concat([header, Buffer.from(buffer, byteOffset, byteLength)]));
}

/**
 * The same sound with silence before it. A browser's fake microphone starts its file when a page first asks for the
 * microphone, some time before a call is connected.
 */
export function afterSilence(sound: Sound, silenceMs: number): Sound {
  const lead = Math.round((silenceMs * sound.rateHz) / 1000);
  const samples = new Int16Array(lead + sound.samples.length);
  samples.set(sound.samples, lead);
  return { samples, rateHz: sound.rateHz };
}

/** Root mean square in successive windows, on a scale where full scale is 1. */
export function envelope(sound: Sound, windowMs: number): number[] {
  const size = Math.round((windowMs * sound.rateHz) / 1000);
  const levels: number[] = [];
  for (let at = 0; at + size <= sound.samples.length; at += size) {
    let sum = 0;
    for (let i = at; i < at + size; i += 1) sum += (sound.samples[i] ?? 0) ** 2;
    levels.push(Math.sqrt(sum / size) / 32_768);
  }
  return levels;
}
