import { RefusedError } from '../../smoke/caller';
import type { Failure, RunResult } from '../report';
import { brokenLimits } from '../run';
import type { Scenario } from '../scenario';

/** The outcome of a call that was not held, or broke off, by what prevented it: some scenarios expect to be refused. */
export function withoutCall(scenario: Scenario, error: unknown): Pick<RunResult, 'outcome' | 'failures'> {
  const failures = refusalFailures(scenario, error);
  if (failures !== undefined) return { outcome: failures.length > 0 ? 'fail' : 'pass', failures };
  const detail = error instanceof Error ? error.message : String(error);
  const isFull = error instanceof RefusedError && codeOf(error) === 'at_capacity';
  return { outcome: 'error', failures: [{ kind: isFull ? 'full' : 'run', turn: undefined, detail }] };
}

/** What is wrong with a refusal of the call where a scenario expects one; undefined: it expects none, or this is none. */
function refusalFailures({ nova }: Scenario, error: unknown): readonly Failure[] | undefined {
  const refused = error instanceof RefusedError ? codeOf(error) : undefined;
  if (refused === undefined || nova?.expect?.refused === undefined) return undefined;
  const broken = brokenLimits(nova.expect, { events: [], ended: 'caller', refused });
  return broken.map((detail) => ({ kind: 'limit', turn: undefined, detail }));
}

/** The code of a problem that a bot refuses a call with. */
function codeOf({ body }: RefusedError): string | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}
