import { type Mode, PROVES, type RunResult } from './result';

const MARK = { pass: '✓', fail: '✗', error: '!', 'not-run': '-' } as const;

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
    ...failures.map(({ turn, detail }) => `    ${turn === undefined ? '' : `turn ${turn + 1}: `}${detail}`),
  ];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly notRun: number;
}

export function countsOf(results: readonly RunResult[]): Counts {
  const count = (outcome: RunResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  return { passed: count('pass'), failed: count('fail'), errors: count('error'), notRun: count('not-run') };
}

/** The last lines: counts, and what they prove. */
export function summaryLines(results: readonly RunResult[], mode: Mode): readonly string[] {
  const { passed, failed, errors, notRun } = countsOf(results);
  return [
    `${passed} passed, ${failed} failed${errors > 0 ? `, ${errors} could not run` : ''}${notRun > 0 ? `, ${notRun} not run` : ''}`,
    `${mode}: ${PROVES[mode]}`,
  ];
}

/** `results.jsonl` in the shape of Pipecat's: a line a run. */
export function jsonLines(results: readonly RunResult[], mode: Mode): string {
  return results
    .map(({ agent, scenario, outcome, failures, durationMs, notJudged, call }) =>
      JSON.stringify({
        kind: 'script',
        agent,
        scenario,
        mode,
        outcome,
        duration_ms: Math.round(durationMs),
        failures,
        not_judged: notJudged,
        caller:
          call?.pace === undefined
            ? null
            : {
                real_time_ratio: Number(call.pace.realTimeRatio.toFixed(3)),
                longest_gap_ms: Math.round(call.pace.longestGapMs),
              },
        events:
          call?.run.events.map(({ name, atMs, ...rest }) => ({ event: name, at_ms: Math.round(atMs), ...rest })) ?? [],
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
