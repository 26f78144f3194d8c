import type { RunResult } from '../../../../../evals/report';
import { tone } from '../../../../../testbed/speech';

const RATE_HZ = 16_000;

/** A call of five seconds in which a tool ran, the bot was interrupted, and one sentence looks like markup. */
export const FAILED: RunResult = {
  kind: 'script',
  agent: 'clinic',
  scenario: 'a/fails',
  outcome: 'fail',
  failures: [{ kind: 'response', turn: 0, detail: 'response did not say "<b>"' }],
  durationMs: 5_000,
  notJudged: 0,
  call: {
    readyMs: 50_000,
    said: [{ pcm: tone(300, 500, RATE_HZ), rateHz: RATE_HZ, startMs: 50_200 }],
    heard: { pcm: tone(500, 1_500, RATE_HZ), rateHz: RATE_HZ, startMs: 53_000 },
    pace: { realTimeRatio: 1.001, longestGapMs: 31 },
    samples: {
      transport: 'webrtc',
      callersWorstGapMs: 31,
      botWaitedShare: 0,
      answersMs: [44],
      stopsMs: [120],
      toolSilencesMs: [1_000],
      gapsMs: [],
      answersHeard: 0,
      answersWhole: 0,
      answersAsLoud: 0,
      callersWordsTold: 0,
      callersWordsTooOften: 0,
      turns: 1,
      turnsMissed: 0,
      answersTwice: 0,
      toolUses: 1,
      toolUsesAnsweredOnce: 1,
      goodbyes: 0,
      goodbyesWhole: 0,
      duplex: {
        turns: 1,
        turnsTaken: 1,
        turnLatenciesMs: [2_300],
        interruptions: 0,
        interruptionsTaken: 0,
        stopLatenciesMs: [],
        interruptionLatenciesMs: [],
        noTurns: 0,
        noTurnsTaken: 0,
        overlapMs: 0,
      },
    },
    facts: { events: [], ended: 'caller', stopsMs: [120] },
    run: {
      outcomes: [],
      ended: 'caller',
      turns: [{ said: 'Is a < b?', sentMs: 50_200, speechEndMs: 50_700 }],
      events: [
        { name: 'function_call', atMs: 51_000, call: { name: 'find_slot', args: { day: 'Monday' } } },
        { name: 'function_call_stopped', atMs: 52_000, call: { name: 'find_slot', args: {} } },
        { name: 'tts_response', atMs: 53_000, text: 'Yes & no.' },
        { name: 'bot_interrupted', atMs: 54_000 },
      ],
    },
  },
};

export const PASSED: RunResult = { ...FAILED, scenario: 'a/passes', outcome: 'pass', failures: [] };
export const NOT_RUN: RunResult = {
  kind: 'script',
  agent: 'clinic',
  scenario: 'a/waits',
  outcome: 'not-run',
  failures: [],
  durationMs: 0,
  notJudged: 0,
  reason: 'needs a real model',
};
