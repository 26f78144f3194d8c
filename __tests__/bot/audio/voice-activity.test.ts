import { VoiceActivity } from '../../../bot/audio/voice-activity';
import { readRecording } from '../../../testbed/speech/recordings';

const silence = (ms: number): Int16Array => new Int16Array(ms * 16);
const noise = (ms: number, amplitude: number): Int16Array => {
  let seed = 7;
  return Int16Array.from({ length: ms * 16 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (seed / 1_073_741_824 - 1) * amplitude;
  });
};

/** Changes with the ms of audio at which they came. */
function listen(...audio: Int16Array[]): string[] {
  const vad = new VoiceActivity();
  const seen: string[] = [];
  let atMs = 0;
  for (const piece of audio) {
    for (let i = 0; i + 320 <= piece.length; i += 320) {
      atMs += 20;
      const change = vad.push(piece.subarray(i, i + 320));
      if (change !== undefined) seen.push(`${change} ${Math.round(atMs / 1000)}`);
    }
  }
  return seen;
}

describe('voice activity by loudness', () => {
  it.each(['0880', '0890', '0930'] as const)('hears one utterance in the human recording %s', (name) => {
    const changes = listen(silence(1_000), readRecording(name).samples, silence(2_000)).map(
      (change) => change.split(' ')[0],
    );
    expect(changes).toEqual(['started', 'stopped']);
  });

  it('ignores a click of 40 ms', () => {
    expect(listen(silence(1_000), noise(40, 20_000), silence(1_000))).toEqual([]);
  });

  it('ignores a steady noise after having learnt it, and still hears speech over it', () => {
    const street = noise(20_000, 150);
    expect(listen(street)).toEqual([]);
    const louder = noise(2_000, 4_000);
    expect(listen(street, louder, street.subarray(0, 32_000))).toEqual(['started 20', 'stopped 23']);
  });

  it('R1: takes comfort noise in the middle of a word for the silence it stands for', () => {
    const word = readRecording('0880').samples.subarray(16_000, 22_400);
    const changes = listen(silence(2_000), word, noise(10_000, 700));
    expect(changes.map((change) => change.split(' ')[0])).toEqual(['started', 'stopped']);
    expect(Number(changes[1]?.split(' ')[1])).toBeLessThanOrEqual(4);
  });
});
