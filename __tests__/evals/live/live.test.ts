import { reliabilityOf, seriesLines, seriesOf } from '../../../evals/live';
import { Budget } from '../../../evals/live/budget';
import { passHatK, wilson } from '../../../evals/live/statistics';
import type { Outcome } from '../../../evals/report/result';
import { PASSED } from '../../testbed/programs/eval/support/held-call';

const series = (outcomes: readonly Outcome[], pass: number) =>
  seriesOf(
    outcomes.map((outcome) => ({ ...PASSED, outcome })),
    { runs: outcomes.length, pass },
  );

it("is Wilson's interval, also of few, of all and of none", () => {
  const rounded = (passed: number, runs: number): number[] => {
    const { low, high } = wilson(passed, runs);
    return [low, high].map((limit) => Number(limit.toFixed(3)));
  };
  expect(rounded(8, 10)).toEqual([0.49, 0.943]);
  expect(rounded(10, 10)).toEqual([0.722, 1]);
  expect(rounded(0, 10)).toEqual([0, 0.278]);
  expect(rounded(0, 0)).toEqual([0, 1]);
});

it('pass^k is the share of all choices of k runs in which each has passed', () => {
  expect(passHatK(3, 4, 2)).toBeCloseTo(3 / 6);
  expect(passHatK(4, 4, 3)).toBe(1);
  expect(passHatK(1, 4, 2)).toBe(0);
  expect(passHatK(1, 1, 2)).toBeUndefined();
});

it.each<[readonly Outcome[], number, string]>([
  [['pass', 'pass', 'fail'], 2, 'pass'],
  [['pass', 'fail', 'fail'], 2, 'fail'],
  [['pass', 'fail', 'judge-failed'], 2, 'inconclusive'],
  [['pass', 'fail', 'error'], 3, 'fail'],
  [['not-run', 'not-run', 'not-run'], 1, 'inconclusive'],
  [['judge-failed', 'judge-failed', 'judge-failed'], 1, 'inconclusive'],
])('%j, of which %i must pass, is %s', (outcomes, pass, verdict) => {
  expect(series(outcomes, pass).verdict).toBe(verdict);
});

it('reports errors apart, and says where there are too many of them', () => {
  const all = [series(['pass', 'pass', 'fail'], 2), series(['pass', 'pass', 'judge-failed'], 3)];
  const { passAt1, passHatK: hat, errorShare } = reliabilityOf(all);
  expect(passAt1.share).toBeCloseTo(4 / 5);
  expect(hat?.k).toBe(2);
  expect(hat?.share).toBeCloseTo((1 / 3 + 1) / 2);
  expect(errorShare).toBeCloseTo(1 / 6);
  expect(seriesLines(all)).toEqual([
    '✓ clinic: a/passes: 2 of 3 passed, 2 of 3 must',
    '? clinic: a/passes: 2 of 2 passed, 3 of 3 must; 1 not held or not judged',
    'pass@1 80 % (38 % to 96 % by 95 %), pass^2 67 %',
    'Inconclusive: 17 % of the runs say nothing of the agent.',
  ]);
  expect(reliabilityOf([]).errorShare).toBe(1);
});

it('a budget is kept by calls that are under way together', () => {
  const budget = new Budget(0.1);
  expect([budget.reserve(0.04), budget.reserve(0.04), budget.reserve(0.04)]).toEqual([true, true, false]);
  budget.settle(0.04, 0.01);
  expect(budget.reserve(0.04)).toBe(true);
  expect(budget.spentUsd).toBeCloseTo(0.01);
  expect(budget.reserve(0.01)).toBe(true);
  expect(budget.reserve(0.001, 0.02)).toBe(false);
});
