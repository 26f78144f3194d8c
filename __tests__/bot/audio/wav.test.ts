import { readFileSync } from 'node:fs';
import { pcmOfWav } from '../../../bot/audio/wav';

const file = readFileSync('ops/bedrock/hello.wav');

/** The file with another number at a place in its header. */
function changed(at: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt16LE(value, at);
  return copy;
}

describe('pcmOfWav', () => {
  it('has every sample behind the header', () => {
    const pcm = pcmOfWav(file, 16_000);
    expect(pcm).toHaveLength((file.length - 44) / 2);
    expect(pcm?.[1000]).toBe(file.readInt16LE(44 + 2000));
  });

  it.each([
    ['another rate', file, 24_000],
    ['another encoding', changed(20, 3), 16_000],
    ['two channels', changed(22, 2), 16_000],
    ['8 bits', changed(34, 8), 16_000],
    ['a chunk before the data', changed(36, 0), 16_000],
    ['no RIFF', changed(0, 0), 16_000],
    ['a header and no sound', file.subarray(0, 44), 16_000],
  ])('takes no file with %s', (_title, bytes, rateHz) => {
    expect(pcmOfWav(bytes, rateHz)).toBeUndefined();
  });
});
