import type { CallSamples } from '../../../../evals/figures';
import type { Script } from '../../../../evals/scenario';
import { SPEECH_HZ, type Synthesiser, tone } from '../../../../testbed/speech';
import { samplesOf } from '../../../../testbed/programs/eval/samples';

const SPOKEN = tone(400, 1_000, SPEECH_HZ);
const synthesiser: Synthesiser = { synthesise: () => Promise.resolve(SPOKEN), close: () => Promise.resolve() };

/** What is measured of a call in which one sentence was spoken, and `heard` came to the ear so long after its start. */
const measured = (heard: Int16Array, afterMs = 1_000): Promise<CallSamples> => {
  const pcm = new Int16Array(SPEECH_HZ * 4);
  pcm.set(heard, (SPEECH_HZ * afterMs) / 1_000);
  return samplesOf(
    {
      transport: 'webrtc',
      script: { turns: [] } as unknown as Script,
      run: {
        outcomes: [],
        turns: [],
        ended: 'caller',
        events: [
          { name: 'llm_started', atMs: 900 },
          { name: 'tts_response', atMs: 1_000, text: 'It is nine.' },
          { name: 'bot_stopped_speaking', atMs: 2_100 },
        ],
      },
      heard: { pcm, rateHz: SPEECH_HZ, startMs: 0 },
      said: [],
      pace: undefined,
      botWaitedShare: 0,
      sessions: [],
      earOf: (ms) => ms,
      earOfEnd: (ms) => ms,
    },
    synthesiser,
  );
};
const SPOKEN_TWICE = tone(400, 2_900, SPEECH_HZ);
const gapAt = (ms: number, gapMs: number): Int16Array => {
  const at = (ms * SPEECH_HZ) / 1_000;
  const pcm = new Int16Array(SPOKEN.length + (gapMs * SPEECH_HZ) / 1_000);
  pcm.set(SPOKEN.subarray(0, at));
  pcm.set(SPOKEN.subarray(at), pcm.length - SPOKEN.length + at);
  return pcm;
};

describe('an answer beside what the model spoke', () => {
  it('is whole and as loud', async () => {
    expect(await measured(SPOKEN)).toMatchObject({ answersHeard: 1, answersWhole: 1, answersAsLoud: 1, gapsMs: [0] });
  });

  it.each([
    ['lacks its first syllable of 100 ms', SPOKEN.subarray(SPEECH_HZ / 10), { answersWhole: 0, answersAsLoud: 1 }],
    ['lacks its last 100 ms', SPOKEN.subarray(0, -SPEECH_HZ / 10), { answersWhole: 0 }],
    ['is not heard at all', new Int16Array(0), { answersWhole: 0, answersAsLoud: 0, gapsMs: [0] }],
    ['has half of its loudness', SPOKEN.map((sample) => sample / 2), { answersWhole: 1, answersAsLoud: 0 }],
    ['comes with two seconds of another', SPOKEN_TWICE, { answersWhole: 0 }],
    ['has a gap of 60 ms', gapAt(500, 60), { answersWhole: 1, gapsMs: [60] }],
  ])('%s', async (_, heard, found) => {
    expect(await measured(heard)).toMatchObject({ answersHeard: 1, ...found });
  });
  it('is not measured where a waiting sound that had begun before it runs into it', async () => {
    expect(await measured(tone(400, 1_400, SPEECH_HZ), 610)).toMatchObject({ answersHeard: 0, gapsMs: [] });
  });
});
