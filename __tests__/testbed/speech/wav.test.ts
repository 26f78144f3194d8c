import { readRecording } from '../../../testbed/speech/recordings';
import { decodeWav, encodeWav, readWav, WavError } from '../../../testbed/speech/wav';

const wav = { rateHz: 16_000, samples: Int16Array.from([0, 1, -1, 32_767, -32_768]) };

describe('WAV files', () => {
  it('keep every sample and the rate', () => {
    expect(decodeWav(encodeWav(wav))).toEqual(wav);
  });

  it('are written as others write them', () => {
    const read = readRecording('0880');
    expect(read.rateHz).toBe(16_000);
    expect(read.samples.length).toBe((95_724 - 44) / 2);
  });

  it('may hold other chunks before the data', () => {
    const plain = encodeWav(wav);
    const list = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');
    expect(decodeWav(Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]))).toEqual(wav);
  });

  const change = (at: number, value: number) => (file: Buffer) => void file.writeUInt16LE(value, at);
  it.each<[string, (file: Buffer) => void, string]>([
    ['another magic', change(0, 0), 'Not a RIFF/WAVE file'],
    ['floats', change(20, 3), 'Not linear PCM'],
    ['stereo', change(22, 2), 'Not mono'],
    ['8 bits', change(34, 8), 'Not 16 bits a sample'],
    ['half a sample', change(40, 9), 'Chunk data holds half a sample'],
    ['more data than there is', change(40, 1000), 'Chunk data is longer than the file'],
    ['no format', (file) => file.write('junk', 12, 'latin1'), 'Chunk data comes before fmt'],
    ['no data', (file) => file.write('junk', 36, 'latin1'), 'No data chunk'],
  ])('are refused with %s', (_, damage, message) => {
    const file = encodeWav(wav);
    damage(file);
    expect(() => decodeWav(file)).toThrow(new WavError(message));
  });

  it('name the file when they are refused', () => {
    expect(() => readWav(__filename)).toThrow(`${__filename}: Not a RIFF/WAVE file`);
  });
});
