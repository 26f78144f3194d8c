import type { RunResult } from '../../../evals/report';
import { isGood } from '../../../ops/cli/report';
import { type Evaluated, reportOn } from '../../../ops/eval/report-on';

const ABOUT = { mode: 'deployed', model: 'its own', proves: 'something' } as const;
const came = (outcome: RunResult['outcome'], more: Partial<RunResult> = {}): Evaluated => ({
  result: {
    kind: 'script',
    agent: 'clinic',
    scenario: outcome,
    outcome,
    failures: [],
    durationMs: 1_000,
    notJudged: 0,
    ...more,
  },
  notJudged: [],
});
const FAILURE = { kind: 'limit', turn: 0, detail: 'was late' };

it.each([
  ['all passed', ['pass', 'not-run'], 0],
  ['one failed, and goes before one that was not held', ['pass', 'fail', 'error'], 1],
  ['one was not held', ['pass', 'error'], 3],
  ['none was run', ['not-run'], 3],
] as const)('exit code: %s', (_, outcomes, code) => {
  const report = reportOn(
    outcomes.map((outcome) => came(outcome)),
    ABOUT,
  );
  expect(report.exitCode ?? (isGood(report) ? 0 : 1)).toBe(code);
});

it('names failures by their turn, and what was not judged once with its reason', () => {
  const left = { what: 'log_has', why: 'the log is not at hand' };
  const report = reportOn(
    [
      { ...came('pass'), notJudged: [left, left] },
      came('fail', { failures: [FAILURE] }),
      { ...came('not-run', { reason: 'needs a scripted model' }), notJudged: [left] },
    ],
    ABOUT,
  );
  expect(report.sections.map(({ title, findings }) => [title, findings.map(({ text }) => text)])).toEqual([
    ['Scenarios', ['as it should be, in 1.0 s; not judged: log_has', 'turn 1: was late', 'needs a scripted model']],
    ['Not judged', ['the log is not at hand (2 ×)']],
  ]);
  expect(report.data).toMatchObject({ passed: 1, failed: 1, errors: 0, notRun: 1 });
});
