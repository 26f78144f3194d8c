import type { Outcome } from '../../../../evals/report/result';
import { exitCodeOf } from '../../../../testbed/programs/eval/exit-code';
import { PASSED } from './support/held-call';

it.each<[Outcome[], number]>([
  [['pass', 'not-run'], 0],
  [['pass', 'error', 'stale', 'fail'], 1],
  [['pass', 'error', 'stale'], 4],
  [['pass', 'error'], 3],
  [['not-run'], 3],
  [[], 3],
])('%j ends with %i', (outcomes, code) => {
  expect(exitCodeOf(outcomes.map((outcome) => ({ ...PASSED, outcome })))).toBe(code);
});

it('ends as a failure where a goal was missed', () => {
  expect(exitCodeOf([PASSED], [{ outcome: 'held' }])).toBe(0);
  expect(exitCodeOf([PASSED], [{ outcome: 'held' }, { outcome: 'missed' }])).toBe(1);
});
