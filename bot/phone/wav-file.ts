/** As a telephone plays it. */
const RATE_HZ = 8_000;
const HEADER_BYTES = 44;

/** A mono PCM16 WAV file at 8 kHz. */
export function wavOf(pcm8k: Int16Array): Buffer {
  const dataBytes = pcm8k.length * 2;
  const file = Buffer.alloc(HEADER_BYTES + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE_HZ, 24);
  file.writeUInt32LE(RATE_HZ * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  for (let index = 0; index < pcm8k.length; index += 1) file.writeInt16LE(pcm8k[index] ?? 0, HEADER_BYTES + 2 * index);
  return file;
}
