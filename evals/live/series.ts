import type { RunResult } from '../report';
import { passHatK, type Share, wilson } from './statistics';

/** How often a scenario is run, and how often it must pass. */
export interface Series {
  readonly runs: number;
  readonly pass: number;
}

/** What came of all runs of one scenario. Errors are no runs: they say nothing of the agent. */
export interface SeriesResult extends Series {
  readonly agent: string;
  readonly scenario: string;
  readonly passed: number;
  readonly failed: number;
  /** Calls that could not be held or judged, or were not for want of money. */
  readonly errors: number;
  /** `inconclusive`: with the errors it might have been either. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
}

/** What a scenario's runs come to. */
export function seriesOf(results: readonly RunResult[], { runs, pass }: Series): SeriesResult {
  const count = (...outcomes: readonly RunResult['outcome'][]): number =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const [passed, failed] = [count('pass'), count('fail')];
  const verdict = passed >= pass ? 'pass' : failed > runs - pass ? 'fail' : 'inconclusive';
  const { agent = '', scenario = '' } = results[0] ?? {};
  return { agent, scenario, runs, pass, passed, failed, errors: results.length - passed - failed, verdict };
}

/** Of all scenarios together. */
export interface Reliability {
  /** The share of runs that pass. */
  readonly passAt1: Share;
  /** Mean over the scenarios of pass^k, k being the fewest runs that one of them has. */
  readonly passHatK: { readonly k: number; readonly share: number } | undefined;
  /** Of all runs, those that say nothing of the agent. */
  readonly errorShare: number;
}

/** More errors than this, and the run as a whole says nothing. */
export const MAX_ERROR_SHARE = 0.1;

export function reliabilityOf(series: readonly SeriesResult[]): Reliability {
  const sum = (of: (one: SeriesResult) => number): number => series.reduce((total, one) => total + of(one), 0);
  const [passed, held, errors] = [sum((s) => s.passed), sum((s) => s.passed + s.failed), sum((s) => s.errors)];
  const counted = series.filter((one) => one.passed + one.failed > 0);
  const k = Math.min(...counted.map((one) => one.passed + one.failed));
  const each = counted.flatMap((one) => passHatK(one.passed, one.passed + one.failed, k) ?? []);
  return {
    passAt1: wilson(passed, held),
    passHatK: each.length === 0 ? undefined : { k, share: each.reduce((total, one) => total + one, 0) / each.length },
    errorShare: held + errors === 0 ? 1 : errors / (held + errors),
  };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** What a terminal shows of it, after the runs. */
export function seriesLines(series: readonly SeriesResult[]): readonly string[] {
  const { passAt1, passHatK: all, errorShare } = reliabilityOf(series);
  const mark = { pass: '✓', fail: '✗', inconclusive: '?' } as const;
  return [
    ...series.map(
      ({ agent, scenario, passed, failed, errors, pass, runs, verdict }) =>
        `${mark[verdict]} ${agent}: ${scenario}: ${passed} of ${passed + failed} passed, ${pass} of ${runs} must${errors > 0 ? `; ${errors} not held or not judged` : ''}`,
    ),
    `pass@1 ${percent(passAt1.share)} (${percent(passAt1.low)} to ${percent(passAt1.high)} by 95 %)${all === undefined ? '' : `, pass^${all.k} ${percent(all.share)}`}`,
    ...(errorShare > MAX_ERROR_SHARE
      ? [`Inconclusive: ${percent(errorShare)} of the runs say nothing of the agent.`]
      : []),
  ];
}
