import type { ScriptRun } from '../run';
import type { Failure, RunResult } from './result';

/** What was found, the gravest first: a failure that is the caller's own, one of the bot, a judge that could not judge. */
export function outcomeOf(
  failures: readonly Failure[],
  late: string | undefined,
  judgeFailures: readonly Failure[],
): Pick<RunResult, 'outcome' | 'failures'> {
  if (failures.length > 0 && late !== undefined)
    return { outcome: 'error', failures: [{ kind: 'caller', turn: undefined, detail: late }, ...failures] };
  if (failures.length > 0) return { outcome: 'fail', failures: [...failures, ...judgeFailures] };
  return { outcome: judgeFailures.length > 0 ? 'judge-failed' : 'pass', failures: judgeFailures };
}

/** What a script's expectations, and the limits of the whole call, found wrong. */
export function failuresOf({ outcomes }: ScriptRun, broken: readonly string[]): readonly Failure[] {
  return [
    ...outcomes.flatMap(({ turn, expectation, verdict }, at) => {
      if (verdict.outcome !== 'failed') return [];
      const { event } = expectation;
      const before = outcomes.slice(0, at).filter((one) => one.turn === turn).length;
      return [{ kind: event, turn, expectation: before, how: verdict.kind, detail: verdict.why }];
    }),
    ...broken.map((detail) => ({ kind: 'limit', turn: undefined, detail })),
  ];
}
