import type { RunAbout } from './about';
import type { RunResult } from './result';

const MARK = { pass: '✓', fail: '✗', stale: '≠', 'judge-failed': '?', error: '!', 'not-run': '-' } as const;

/** A run as a terminal shows it: one line, and one for each failure. */
export function runLines({
  agent,
  scenario,
  outcome,
  failures,
  durationMs,
  notJudged,
  reason,
}: RunResult): readonly string[] {
  const notes = [...(notJudged > 0 ? [`${notJudged} not judged`] : []), ...(reason === undefined ? [] : [reason])];
  const time = outcome === 'not-run' ? '' : ` (${(durationMs / 1000).toFixed(1)} s)`;
  return [
    `${MARK[outcome]} ${agent}: ${scenario}${time}${notes.length > 0 ? ` – ${notes.join('; ')}` : ''}`,
    ...failures.flatMap(({ turn, detail, diff = [] }) => [
      `    ${turn === undefined ? '' : `turn ${turn + 1}: `}${detail}`,
      ...diff.map((line) => `      ${line}`),
    ]),
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
    errors: count('error') + count('judge-failed'),
    notRun: count('not-run'),
  };
}

/** The last lines: counts, and what they prove. */
export function summaryLines(results: readonly RunResult[], { mode, proves }: RunAbout): readonly string[] {
  const { passed, failed, stale, errors, notRun } = countsOf(results);
  return [
    `${passed} passed, ${failed} failed${stale > 0 ? `, ${stale} stale` : ''}${errors > 0 ? `, ${errors} could not be held or judged` : ''}${notRun > 0 ? `, ${notRun} not run` : ''}`,
    `${mode}: ${proves}`,
  ];
}
