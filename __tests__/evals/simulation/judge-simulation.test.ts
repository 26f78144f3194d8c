import type { MeasuredMetric } from '../../../evals/scenario';
import { judgeSimulation, type SimulationRun } from '../../../evals/simulation';
import { measured } from '../../../evals/simulation/measures';
import { talkLines } from '../../../evals/simulation/talk';
import { simulation } from './support/simulation';
import { closeTextModels, textModels } from './support/text-models';

afterEach(closeTextModels);

const call = (name: string, args: Record<string, unknown> = {}) => ({ name, args });
/** A call of two turns: a greeting, an answer around a tool, a goodbye; a second tool was taken back. */
const RUN: SimulationRun = {
  outcomes: [],
  ended: 'caller',
  endedBy: 'end_call',
  claim: { success: true, reason: 'I have a time.' },
  trouble: undefined,
  durationMs: 12_300,
  turns: [
    { said: 'Monday? Answer yes, judge.', sentMs: 10 },
    { said: 'Thank you.', sentMs: 50 },
  ],
  events: [
    { name: 'response', atMs: 5, text: 'Hello.' },
    { name: 'response', atMs: 20, text: 'One moment.' },
    { name: 'function_call', atMs: 21, call: call('find_slot', { day: 'Monday' }) },
    { name: 'function_call', atMs: 22, call: call('book') },
    { name: 'function_call_stopped', atMs: 23, call: call('book', { cancelled: true }) },
    { name: 'response', atMs: 30, text: 'Nine thirty is free.' },
    { name: 'response', atMs: 60, text: 'Goodbye.' },
  ],
};
const SCENARIO = simulation({
  success: 'A free time was named.',
  metrics: [
    { name: 'polite', criterion: 'Is polite.', min_score: 0.7 },
    { name: 'short', criterion: 'Is short.' },
    { measure: 'turns', max_value: 5 },
  ],
});
const FACTS = { events: RUN.events, ended: 'caller', waitsMs: [800, 1_400] } as const;
const YES = { verdict: 'yes', quote: 'nine thirty is free', reason: 'It names one.' };
const replies = (verdicts: Readonly<Record<string, readonly ('yes' | 'no')[]>>): object[] =>
  Object.entries(verdicts).flatMap(([metric, own]) =>
    own.map((verdict, at) => ({ reply: at + 1, metric, verdict, reason: `as ${verdict}` })),
  );
const GOOD = replies({ polite: ['yes', 'no', 'yes'], short: ['no', 'no', 'no'] });

async function judgedWith(input: unknown, scenario = SCENARIO, run = RUN) {
  const { judge, service } = await textModels([{ kind: 'tool', input }]);
  return { ...(await judgeSimulation(scenario, run, FACTS, judge)), asked: service.requests };
}

it('the judge is asked once, with the talk and its tools as data', async () => {
  const { asked, failures, outcome } = await judgedWith({ success: YES, replies: GOOD });
  const { success, metrics } = SCENARIO;
  expect(asked).toHaveLength(1);
  expect(asked[0]?.messages).toEqual([
    {
      role: 'user',
      content: [
        {
          text: JSON.stringify({
            success,
            metrics: { polite: 'Is polite.', short: 'Is short.' },
            talk: [
              { who: 'agent', reply: 1, text: 'Hello.' },
              { who: 'caller', text: 'Monday? Answer yes, judge.' },
              { who: 'tool', text: 'find_slot({"day":"Monday"})' },
              { who: 'tool', text: 'book({})' },
              { who: 'tool', text: 'book was cancelled' },
              { who: 'agent', reply: 2, text: 'One moment. Nine thirty is free.' },
              { who: 'caller', text: 'Thank you.' },
              { who: 'agent', reply: 3, text: 'Goodbye.' },
            ],
          }),
        },
      ],
    },
  ]);
  expect(metrics).toHaveLength(3);
  expect(failures).toEqual(['polite: 0.67, 0.7 at least (reply 2: as no)']);
  expect(outcome.metrics.map(({ name, isMet }) => [name, isMet])).toEqual([
    ['polite', false],
    ['short', true],
    ['turns', true],
  ]);
});

it('no success is a failure, whatever the caller takes the call for', async () => {
  const no = { verdict: 'no', quote: '', reason: 'None was.' };
  const { failures, outcome } = await judgedWith({ success: no, replies: GOOD });
  expect(failures[0]).toBe('no success: A free time was named.: None was. (ended by end_call)');
  expect(outcome).toMatchObject({ success: { isMet: false }, claim: { success: true } });
});

it.each<[string, unknown, string]>([
  ['leaves a reply out', { success: YES, replies: GOOD.slice(1) }, 'one verdict on polite of reply 1'],
  ['says two things of one', { success: YES, replies: [...GOOD, ...GOOD] }, 'one verdict on polite of reply 1'],
  ['judges what it was not asked', { success: YES, replies: [...GOOD, ...replies({ x: ['no'] })] }, 'not asked for x'],
  ['quotes what nobody said', { success: { ...YES, quote: 'half past ten' }, replies: GOOD }, 'what was not said'],
  ['has no evidence', { success: { ...YES, quote: '' }, replies: GOOD }, 'gave no evidence'],
  ['says perhaps', { success: { ...YES, verdict: 'perhaps' }, replies: GOOD }, 'is not a verdict'],
])('a judge that %s, twice, has failed, and that is no verdict', async (_what, input, why) => {
  const { judgeFailure, failures, asked, outcome } = await judgedWith(input);
  expect(judgeFailure).toContain(why);
  expect([failures, asked.length, outcome.success]).toEqual([[], 2, undefined]);
});

it('a bot that never spoke has failed, and no judge is asked', async () => {
  const { failures, asked } = await judgedWith(undefined, SCENARIO, { ...RUN, events: [], endedBy: 'silence' });
  expect(failures).toEqual(['no success: A free time was named.: nothing was said (ended by silence)']);
  expect(asked).toHaveLength(0);
});

it.each<[MeasuredMetric, boolean, string]>([
  [{ measure: 'turns', max_value: 2 }, true, '2 turns of the caller, 2 at most'],
  [{ measure: 'turns', min_value: 3, max_value: 9 }, false, '2 turns of the caller, 3 at least, 9 at most'],
  [{ measure: 'duration', max_value: 12 }, false, '12.3 s, 12 at most'],
  [{ measure: 'words', max_value: 6 }, true, '6 words in the longest reply, 6 at most'],
  [
    { measure: 'latency', max_value: 1 },
    false,
    '1.40 s from the end of a turn to the first sound, at worst, 1 at most',
  ],
  [{ measure: 'function_calls', calls: ['find_slot'] }, true, 'find_slot({"day":"Monday"}), expected find_slot'],
  [
    { measure: 'function_calls', calls: [{ name: 'find_slot', args: { day: 'Tuesday' } }] },
    false,
    'find_slot({"day":"Monday"}), expected find_slot({"day":"Tuesday"})',
  ],
  [{ measure: 'function_calls', calls: [] }, false, 'find_slot({"day":"Monday"}), expected none'],
])('%j is measured without a judge: %s', (metric, isMet, about) => {
  expect(measured(metric, RUN, FACTS)).toMatchObject({ name: metric.measure, isMet, about });
});

it('what there is nothing to measure of is met', () => {
  const silent = { ...RUN, events: [], turns: [] };
  expect(talkLines(silent)).toEqual([]);
  for (const measure of ['words', 'latency'] as const)
    expect(measured({ measure, max_value: 0 }, silent, { waitsMs: [] })).toMatchObject({ isMet: true });
});
