import { answerTimes } from '../../../bot/call/answer-times';

const MOMENTS = { askedMs: 1_000, turnStartedMs: 1_700, firstAudioMs: 1_900, audibleMs: 1_910 };

describe('voice to voice', () => {
  it('has three parts: until the end of speech was noticed, the model, ours', () => {
    expect(answerTimes({ ...MOMENTS, finishedMs: 1_480 })).toEqual({
      answerMs: 910,
      parts: { endpointingMs: 480, modelMs: 420, playoutMs: 10 },
    });
  });

  it.each([
    ['the service does not tell it', undefined],
    ['it was told of an earlier question', 900],
    ['it was told when the answer had come', 1_905],
  ])('counts the first part to the beginning of the answer where %s', (_where, finishedMs) => {
    expect(answerTimes({ ...MOMENTS, ...(finishedMs === undefined ? {} : { finishedMs }) }).parts).toEqual({
      endpointingMs: 700,
      modelMs: 200,
      playoutMs: 10,
    });
  });

  it('adds up', () => {
    const { answerMs, parts } = answerTimes({ ...MOMENTS, finishedMs: 1_480 });
    expect(parts).toBeDefined();
    const { endpointingMs, modelMs, playoutMs } = parts!;
    expect(endpointingMs + modelMs + playoutMs).toBe(answerMs);
  });

  it('has no parts where one of them was not seen', () => {
    expect(answerTimes({ ...MOMENTS, firstAudioMs: undefined }).parts).toBeUndefined();
    expect(answerTimes({ ...MOMENTS, askedMs: undefined })).toEqual({ answerMs: undefined, parts: undefined });
  });
});
