import type { RunAbout } from './about';
import type { RunResult } from './result';
import { simulationLines } from './simulation-lines';

const MARK = {
  pass: '✓',
  fail: '✗',
  stale: '≠',
  'judge-failed': '?',
  'simulator-failed': '?',
  error: '!',
  'not-run': '-',
} as const;

/** A run as a terminal shows it: one line, and one for each failure. */
export function runLines({
  agent,
  scenario,
  outcome,
  failures,
  durationMs,
  notJudged,
  reason,
  simulation,
}: RunResult): readonly string[] {
  const notes = [...(notJudged > 0 ? [`${notJudged} not judged`] : []), ...(reason === undefined ? [] : [reason])];
  const time = outcome === 'not-run' ? '' : ` (${(durationMs / 1000).toFixed(1)} s)`;
  return [
    `${MARK[outcome]} ${agent}: ${scenario}${time}${notes.length > 0 ? ` – ${notes.join('; ')}` : ''}`,
    ...failures.flatMap(({ turn, detail, diff = [] }) => [
      `    ${turn === undefined ? '' : `turn ${turn + 1}: `}${detail}`,
      ...diff.map((line) => `      ${line}`),
    ]),
    ...(simulation === undefined ? [] : simulationLines(simulation).map((line) => `    ${line}`)),
  ];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly stale: number;
  readonly errors: number;
  readonly notRun: number;
}

export function countsOf(results: readonly RunResult[]): Counts {
  const count = (outcome: RunResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  return {
    passed: count('pass'),
    failed: count('fail'),
    stale: count('stale'),
    errors: count('error') + count('judge-failed') + count('simulator-failed'),
    notRun: count('not-run'),
  };
}

/** The last lines: counts, who judged and played, and what they prove. */
export function summaryLines(
  results: readonly RunResult[],
  { mode, proves, judge, simulator }: RunAbout,
): readonly string[] {
  const { passed, failed, stale, errors, notRun } = countsOf(results);
  return [
    `${passed} passed, ${failed} failed${stale > 0 ? `, ${stale} stale` : ''}${errors > 0 ? `, ${errors} could not be held or judged` : ''}${notRun > 0 ? `, ${notRun} not run` : ''}`,
    ...(judge === undefined ? [] : [`judge: ${judge}; callers played by: ${simulator ?? 'nobody'}`]),
    `${mode}: ${proves}`,
  ];
}
