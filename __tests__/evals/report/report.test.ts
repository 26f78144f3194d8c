import {
  countsOf,
  failuresOf,
  type HeldCall,
  jsonLines,
  junitXml,
  markdownSummary,
  offline,
  replay,
  type RunResult,
  runLines,
  summaryLines,
} from '../../../evals/report';
import type { ScriptRun } from '../../../evals/run';

const passed: RunResult = {
  kind: 'script',
  agent: 'clinic',
  scenario: 'a/b',
  outcome: 'pass',
  failures: [],
  durationMs: 1_234,
  notJudged: 1,
};
const failed: RunResult = {
  ...passed,
  scenario: 'a/c',
  outcome: 'fail',
  failures: [
    { kind: 'response', turn: 1, detail: 'response did not say "<b>&\u0000"' },
    { kind: 'limit', turn: undefined, detail: 'the longest wait was 4000 ms' },
  ],
  notJudged: 0,
};
const notRun: RunResult = {
  ...passed,
  agent: 'other',
  outcome: 'not-run',
  reason: 'needs a real model',
  durationMs: 0,
  notJudged: 0,
};
const ABOUT = offline('live');
const RESULTS = [passed, failed, notRun];

it('a terminal gets a line a run, and one for each failure', () => {
  expect(RESULTS.flatMap(runLines)).toEqual([
    '✓ clinic: a/b (1.2 s) – 1 not judged',
    '✗ clinic: a/c (1.2 s)',
    '    turn 2: response did not say "<b>&\u0000"',
    '    the longest wait was 4000 ms',
    '- other: a/b – needs a real model',
  ]);
});

it('the last lines count, and say what was proved and what was not', () => {
  expect(countsOf(RESULTS)).toEqual({ passed: 1, failed: 1, stale: 0, errors: 0, notRun: 1 });
  expect(summaryLines(RESULTS, ABOUT)).toEqual([
    '1 passed, 1 failed, 1 not run',
    expect.stringMatching(/^offline: .* says nothing of what Nova would do or say$/),
  ]);
});

it("JUnit's XML has a suite an agent, and nothing that XML cannot say", () => {
  const xml = junitXml(RESULTS, ABOUT);
  expect(xml).toContain(
    '<testsuite name="clinic (offline)" tests="2" failures="1" errors="0" skipped="0" time="2.468">',
  );
  expect(xml).toContain('turn 2: response did not say &quot;&lt;b&gt;&amp;&quot;');
  expect(xml).toContain('<skipped message="needs a real model"/>');
  expect(xml).toContain('<property name="mode" value="offline"/>');
  expect(xml.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

it('results.jsonl has a line a run', () => {
  const lines = jsonLines([...RESULTS, passed], ABOUT)
    .trimEnd()
    .split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records.map(({ nova }) => (nova as { outcome: string }).outcome)).toEqual(['pass', 'fail', 'not-run', 'pass']);
  expect(records.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 2]);
});

it('a record has the keys, and the values, that Pipecat 1.14 writes', () => {
  const run: ScriptRun = {
    ended: 'bot',
    turns: [{ said: 'Hi', sentMs: 1_000 }],
    events: [
      { name: 'user_transcription', atMs: 1_100, text: 'Hi' },
      { name: 'function_call', atMs: 1_200, call: { name: 'book', args: { day: 'Monday' } } },
    ],
    outcomes: [
      {
        turn: 0,
        expectation: { event: 'function_call', within_ms: 100 },
        verdict: { outcome: 'passed', atMs: 1_200, matched: 'book({"day":"Monday"})' },
      },
      {
        turn: 0,
        expectation: { event: 'response', within_ms: 500 },
        verdict: { outcome: 'failed', atMs: 1_500, why: 'no response within 500 ms', kind: 'timeout' },
      },
      {
        turn: 1,
        expectation: { event: 'response', within_ms: 500 },
        verdict: { outcome: 'failed', atMs: 1_500, why: 'the call did not come to this turn', kind: 'bot_ended' },
      },
    ],
  };
  const call = { run, readyMs: 900 } as HeldCall;
  const failures = failuresOf(run, ['the longest wait was 4000 ms']);
  const { nova, ...record } = JSON.parse(jsonLines([{ ...failed, failures, call }], ABOUT)) as Record<string, unknown>;
  expect(nova).toMatchObject({ mode: 'offline' });
  expect(record).toEqual({
    bot: 'clinic',
    name: 'clinic',
    scenario: 'a/c',
    kind: 'script',
    attempt: 1,
    passed: false,
    skipped: null,
    error: null,
    duration_ms: 1234,
    failures: [
      {
        turn_index: 0,
        expectation_index: 1,
        event_name: 'response',
        kind: 'timeout',
        reason: 'no response within 500 ms',
      },
      {
        turn_index: 1,
        expectation_index: 0,
        event_name: 'response',
        kind: 'bot_ended',
        reason: 'the call did not come to this turn',
      },
      { turn_index: -1, expectation_index: -1, event_name: '', kind: 'limit', reason: 'the longest wait was 4000 ms' },
    ],
    turns: [
      {
        turn_index: 0,
        status: 'failed',
        duration_ms: 500,
        expectations: [
          { expectation_index: 0, event_name: 'function_call', passed: true, matched: 'book({"day":"Monday"})' },
          { expectation_index: 1, event_name: 'response', passed: false, matched: '' },
        ],
      },
      { turn_index: 1, status: 'not_run', duration_ms: 0, expectations: [] },
    ],
    artifacts: {},
    events_seen: [
      { type: 'user_transcription', transcript: 'Hi', at: 0.2 },
      { type: 'function_call', name: 'book', args: { day: 'Monday' }, at: 0.3 },
    ],
  });
});

it("a job's summary counts, tables what failed, and says what was proved", () => {
  const summary = markdownSummary(RESULTS, ABOUT);
  expect(summary).toMatch(/^### ❌ Evals, offline: 1 passed, 1 failed, 1 not run\n/);
  expect(summary).toContain(String.raw`| clinic | a/c | fail | turn 2: response did not say "\<b\>`);
  expect(summary.match(/^\| clinic/gm)).toHaveLength(1);
  expect(summary).toContain('says nothing of what Nova would do or say.');
  expect(markdownSummary([passed], ABOUT)).not.toContain('| --- |');
});

describe('a scenario whose recording no longer fits', () => {
  const stale: RunResult = {
    ...passed,
    outcome: 'stale',
    notJudged: 0,
    failures: [
      { kind: 'stale', turn: undefined, detail: 'line 4: the system prompt', diff: ['-Be brief.', '+Be long.'] },
    ],
    recorded: { source: 'stand-in', model: 'nova', recordedAt: '2026-11-27T10:00:00Z' },
  };

  it('is told apart everywhere, with what differs', () => {
    expect(runLines(stale)).toEqual([
      '≠ clinic: a/b (1.2 s)',
      '    line 4: the system prompt',
      '      -Be brief.',
      '      +Be long.',
    ]);
    expect(summaryLines([passed, stale], ABOUT)[0]).toBe('1 passed, 0 failed, 1 stale');
    expect(markdownSummary([stale], ABOUT)).toMatch(/^### ❌ .*1 stale\n/);
    expect(junitXml([stale], ABOUT)).toContain('errors="1"');
    expect(JSON.parse(jsonLines([stale], ABOUT))).toMatchObject({
      passed: false,
      error: 'line 4: the system prompt',
      nova: { outcome: 'stale', recorded: { source: 'stand-in', at: '2026-11-27T10:00:00Z' } },
    });
  });
});

describe('a simulation', () => {
  const simulated: RunResult = {
    ...failed,
    kind: 'simulation',
    notJudged: 0,
    failures: [{ kind: 'simulation', turn: undefined, detail: 'polite: 0.50, 1 at least' }],
    simulation: {
      endedBy: 'end_call',
      turns: 3,
      claim: { success: true, reason: 'It is booked.' },
      success: { isMet: true, reason: 'Booked & read back.' },
      metrics: [
        {
          name: 'polite',
          score: 0.5,
          isMet: false,
          about: '0.50, 1 at least',
          minScore: 1,
          verdicts: [{ reply: 1, isMet: false, reason: 'Curt.' }],
          failure: 'judge_no',
        },
        { name: 'turns', value: 3, isMet: true, about: '3 turns of the caller, 9 at most', failure: 'out_of_range' },
      ],
    },
  };
  const lines = [
    'ended by end_call after 3 turns of the caller; the caller takes it for a success: It is booked.',
    'success yes: Booked & read back.',
    'polite no: 0.50, 1 at least',
    'turns yes: 3 turns of the caller, 9 at most',
  ];

  it('is told with what ended it, its success and its metrics', () => {
    expect(runLines(simulated).slice(2)).toEqual(lines.map((line) => `    ${line}`));
    expect(junitXml([simulated], ABOUT)).toContain(
      `<system-out>${lines.join('\n').replace('&', '&amp;')}</system-out>`,
    );
    expect(junitXml([{ ...simulated, outcome: 'pass', failures: [] }], ABOUT)).toContain('<system-out>');
    expect(JSON.parse(jsonLines([simulated], ABOUT))).toMatchObject({
      kind: 'simulation',
      ended_by: 'end_call',
      turns: 3,
      end_call: { success: true, reason: 'It is booked.' },
      succeeded: true,
      metrics: [
        {
          name: 'polite',
          score: 0.5,
          min_score: 1,
          value: null,
          passed: false,
          failure_kind: 'judge_no',
          verdicts: [{ turn: 1, passed: false, verdict: 'no', reason: 'Curt.' }],
        },
        { name: 'turns', score: 1, value: 3, passed: true, failure_kind: null },
      ],
    });
  });

  it('that nobody could play is an error, and no failure of the bot', () => {
    const nobody: RunResult = { ...simulated, outcome: 'simulator-failed', simulation: undefined };
    expect(runLines(nobody)[0]).toBe('? clinic: a/c (1.2 s)');
    expect(countsOf([nobody])).toMatchObject({ passed: 0, failed: 0, errors: 1 });
    expect(junitXml([nobody], ABOUT)).toContain('failures="0" errors="1"');
  });

  it('names who judged, and who played the callers', () => {
    const about = { ...ABOUT, judge: 'amazon.nova-lite-v1:0', simulator: 'amazon.nova-pro-v1:0' };
    expect(summaryLines([simulated], about)[1]).toBe(
      'judge: amazon.nova-lite-v1:0; callers played by: amazon.nova-pro-v1:0',
    );
    expect(junitXml([simulated], about)).toContain('<property name="simulator" value="amazon.nova-pro-v1:0"/>');
  });
});

describe('what a replay says of itself', () => {
  const standIn = { source: 'stand-in', model: 'nova', recordedAt: '2026-11-27T10:00:00Z' } as const;
  const live = { ...standIn, source: 'live' } as const;

  it('names Nova only where Nova was recorded', () => {
    expect(replay([standIn, standIn])).toEqual({
      mode: 'replay',
      model: 'recordings: 2 calls of the stand-in, 2026-11-27',
      proves: expect.stringMatching(/says nothing of what Nova would do or say$/) as string,
    });
    const mixed = replay([live, { ...live, recordedAt: '2026-11-20T10:00:00Z' }, standIn]);
    expect(mixed.model).toBe(
      'recordings: 2 calls of Nova (nova), 2026-11-20 to 2026-11-27; 1 call of the stand-in, 2026-11-27',
    );
    expect(mixed.proves).toMatch(/says nothing of today's Nova, or of another wording$/);
    expect(replay([]).model).toBe('recordings: none');
  });
});
