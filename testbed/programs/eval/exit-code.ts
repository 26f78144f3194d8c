import type { GoalRow } from '../../../evals/figures';
import { MAX_ERROR_SHARE, reliabilityOf, type SeriesResult } from '../../../evals/live';
import { countsOf, type RunResult } from '../../../evals/report';

export const EXIT = { passed: 0, failed: 1, usage: 2, couldNotRun: 3, stale: 4, stopped: 130 } as const;

/** What a run ends with: a failure, or a goal that was missed, goes before a recording that no longer fits, and that before what could not run. Without a call that passed, none has. */
export function exitCodeOf(results: readonly RunResult[], goals: readonly Pick<GoalRow, 'outcome'>[] = []): number {
  const { passed, failed, stale, errors } = countsOf(results);
  if (failed > 0 || goals.some(({ outcome }) => outcome === 'missed')) return EXIT.failed;
  if (stale > 0) return EXIT.stale;
  return errors > 0 || passed === 0 ? EXIT.couldNotRun : EXIT.passed;
}

/** The same of live runs: it is the series that pass or fail. */
export function exitCodeOfSeries(series: readonly SeriesResult[]): number {
  if (series.some(({ verdict }) => verdict === 'fail')) return EXIT.failed;
  const isInconclusive = series.some(({ verdict }) => verdict === 'inconclusive');
  return isInconclusive || reliabilityOf(series).errorShare > MAX_ERROR_SHARE ? EXIT.couldNotRun : EXIT.passed;
}
