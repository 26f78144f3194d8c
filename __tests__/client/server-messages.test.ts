import { callEnding, errorText, latencyMs, textOf } from '../../client/server-messages';
import { loudness } from '../../client/meters';
import { clockWords, durationWords } from '../../client/words';

describe('what the server sends beside RTVI’s own messages', () => {
  it.each([null, undefined, 'x', 5, [], { type: 5 }, { type: '  ' }])('is not taken for granted: %p', (data) => {
    expect(textOf(data, 'type')).toBeUndefined();
  });

  it('has an end with a reason', () => {
    expect(callEnding({ type: 'call-ending', reason: 'too-long', text: '' })).toEqual({
      reason: 'too-long',
      text: undefined,
    });
  });

  it('has latencies that are numbers', () => {
    expect(latencyMs({ endOfSpeechToAudioMs: 812 })).toBe(812);
    expect(latencyMs({ endOfSpeechToAudioMs: '812' })).toBeUndefined();
    expect(latencyMs({ endOfSpeechToAudioMs: Infinity })).toBeUndefined();
  });

  it('has errors whose words are under either of two names', () => {
    expect(errorText({ error: 'down', fatal: true })).toEqual({ text: 'down', fatal: true });
    expect(errorText({ message: 'odd' })).toEqual({ text: 'odd', fatal: false });
  });
});

describe('figures on the page', () => {
  it.each([
    [404, '400 ms'],
    [996, '1.00 s'],
    [1_260, '1.26 s'],
  ])('a latency of %p ms reads %p', (ms, words) => {
    expect(durationWords(ms)).toBe(words);
  });

  it.each([
    [-20, '0:00'],
    [59_999, '0:59'],
    [3_725_000, '62:05'],
  ])('a call of %p ms shows %p', (ms, words) => {
    expect(clockWords(ms)).toBe(words);
  });

  it('a level is 0 for silence, 1 for loud speech, and between them follows the ear', () => {
    const level = (amplitude: number): number => loudness(new Float32Array(256).fill(amplitude));

    expect(loudness(new Float32Array(0))).toBe(0);
    expect(level(0)).toBe(0);
    expect(level(1)).toBe(1);
    expect(level(0.1) - level(0.05)).toBeCloseTo(level(0.05) - level(0.025), 5);
  });
});
