import { type CallSamples, goalRows } from '../../../evals/figures';

const CALL: CallSamples = {
  transport: 'webrtc',
  callersWorstGapMs: 24,
  botWaitedShare: 0,
  answersMs: [40, 41, 42, 43, 44, 45, 46, 47],
  stopsMs: [],
  toolSilencesMs: [],
  gapsMs: [],
  answersHeard: 0,
  answersWhole: 0,
  answersAsLoud: 0,
  callersWordsTold: 0,
  callersWordsTooOften: 0,
  turns: 2,
  turnsMissed: 0,
  answersTwice: 0,
  toolUses: 0,
  toolUsesAnsweredOnce: 0,
  goodbyes: 0,
  goodbyesWhole: 0,
  duplex: {
    turns: 0,
    turnsTaken: 0,
    turnLatenciesMs: [],
    interruptions: 0,
    interruptionsTaken: 0,
    stopLatenciesMs: [],
    interruptionLatenciesMs: [],
    noTurns: 0,
    noTurnsTaken: 0,
    overlapMs: 0,
  },
};
const rowsOf = (calls: readonly Partial<CallSamples>[], figure: string): readonly string[] =>
  goalRows(calls.map((call) => ({ ...CALL, ...call })))
    .filter((row) => row.figure.startsWith(figure))
    .map(({ seen, goal, outcome }) => `${seen} ${goal} ${outcome}`);

describe('figures beside their goals', () => {
  it('are percentiles of times', () => {
    expect(rowsOf([{}], "model's first sound to the ear")).toEqual([
      'p50 43 ms of 8 ≤ 60 ms held',
      'p95 47 ms of 8 ≤ 100 ms held',
    ]);
    const late = { answersMs: [40, 41, 42, 43, 44, 45, 46, 107] };
    expect(rowsOf([late], "model's first sound to the ear")[1]).toBe('p95 107 ms of 8 ≤ 100 ms missed');
  });

  it('are not judged where the machine had no time for the caller or for the bot, or there are too few', () => {
    for (const call of [
      { callersWorstGapMs: 60, answersMs: Array<number>(8).fill(900) },
      { botWaitedShare: 0.2, answersMs: Array<number>(8).fill(900) },
      { answersMs: [900] },
    ]) {
      expect(rowsOf([call], "model's first sound to the ear").every((row) => row.endsWith('not-judged'))).toBe(true);
    }
  });

  it('see an answer of which something is missing, and one that is quieter than it was spoken', () => {
    const heard = { answersHeard: 3, answersWhole: 3, answersAsLoud: 3 };
    expect(rowsOf([heard], 'answers heard whole')).toEqual(['3 of 3 all held']);
    expect(rowsOf([{ ...heard, answersWhole: 2 }], 'answers heard whole')).toEqual(['2 of 3 all missed']);
    expect(rowsOf([{ ...heard, answersAsLoud: 0 }], 'answers as loud')).toEqual(['0 of 3 all missed']);
  });

  it('leave the calls out that say nothing, where there are enough others', () => {
    const starved = { botWaitedShare: 0.2, answersMs: [900] };
    expect(rowsOf([{}, starved], "model's first sound to the ear")[1]).toBe('p95 47 ms of 8 ≤ 100 ms held');
  });

  it.each<[string, Partial<CallSamples>, string]>([
    ['turns missed', { turnsMissed: 1 }, '1 of 2 none missed'],
    ['turns answered twice', { answersTwice: 1 }, '1 of 2 none missed'],
    ['tools answered exactly once', { toolUses: 3, toolUsesAnsweredOnce: 2 }, '2 of 3 all missed'],
    ['goodbyes heard whole', { goodbyes: 1, goodbyesWhole: 0 }, '0 of 1 all missed'],
    ['stops for noises', { duplex: { ...CALL.duplex, noTurns: 5, noTurnsTaken: 1 } }, '1 of 5 none missed'],
    [
      'silence while a tool ran',
      { toolSilencesMs: Array<number>(8).fill(2_600) },
      'worst 2600 ms of 8 ≤ 2500 ms missed',
    ],
    ['gap of ours', { gapsMs: [0, 0, 0, 0, 0, 0, 0, 41] }, 'worst 41 ms of 8 ≤ 40 ms missed'],
    [
      'spoken turns',
      { duplex: { ...CALL.duplex, turns: 2, turnsTaken: 2, turnLatenciesMs: [900, 950] } },
      '2 of 2, p50 900 ms  reported',
    ],
  ])('%s', (figure, call, row) => {
    expect(rowsOf([call], figure)).toEqual([row]);
  });
});
