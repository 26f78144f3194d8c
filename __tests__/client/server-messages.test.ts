import { pageIn } from '../../contract/languages/page';
import { bargeInMs, callEnding, errorText, latencyMs, latencyParts, textOf } from '../../client/server-messages';
import { loudness } from '../../client/meters';
import { INITIAL_STATE } from '../../client/state';
import { bargeInWords, clockWords, durationWords, latencyWords } from '../../client/words';

const ENGLISH = pageIn('en');

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

  it('has parts of a latency only when it has all of them', () => {
    const parts = { endpointingMs: 480, modelMs: 300, playoutMs: 20 };
    expect(latencyParts({ endOfSpeechToAudioMs: 800, ...parts })).toEqual(parts);
    expect(latencyParts({ ...parts, modelMs: '300' })).toBeUndefined();
  });

  it('has interruptions that are numbers', () => {
    expect(bargeInMs({ voiceToSilenceMs: 370 })).toBe(370);
    expect(bargeInMs({ voiceToSilenceMs: null })).toBeUndefined();
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
    expect(durationWords(ms, ENGLISH)).toBe(words);
  });

  it('a latency is written as the language writes numbers', () => {
    expect(durationWords(1_260, pageIn('de'))).toBe('1,26 s');
  });

  it('a latency says what it is made of, where that is known, and what is usual', () => {
    const parts = { endpointingMs: 480, modelMs: 1_300, playoutMs: 21 };
    const state = { ...INITIAL_STATE, latenciesMs: [900, 1_801], latencyParts: parts };
    expect(latencyWords(state, ENGLISH)).toBe(
      'From the end of your words to the first sound of the answer. 480 ms until the end of your words was noticed, 1.30 s the model’s, 20 ms ours. Median of 2: 1.80 s.',
    );
    expect(latencyWords({ ...state, latencyParts: undefined }, ENGLISH)).not.toContain('ours');
    expect(bargeInWords({ ...INITIAL_STATE, bargeInsMs: [390] }, ENGLISH)).toContain('Median of 1: 390 ms.');
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
