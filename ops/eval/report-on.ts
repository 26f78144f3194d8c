import { percentile } from '../../evals/figures';
import type { NotJudged } from '../../evals/outside';
import { countsOf, type RunAbout, type RunResult, simulationLines } from '../../evals/report';
import { EXIT } from '../cli/ops-error';
import type { Finding, Report, Status } from '../cli/report';

/** What came of a scenario, and what of it nobody outside can judge. */
export interface Evaluated {
  readonly result: RunResult;
  readonly notJudged: readonly NotJudged[];
}

const STATUS: Readonly<Record<RunResult['outcome'], Status>> = {
  pass: 'ok',
  fail: 'failed',
  stale: 'unknown',
  'judge-failed': 'unknown',
  'simulator-failed': 'unknown',
  error: 'unknown',
  'not-run': 'skipped',
};

/** What an operator reads of a run: each scenario, what callers waited, and what was left out and why. */
export function reportOn(evaluated: readonly Evaluated[], { proves }: RunAbout): Report {
  const results = evaluated.map(({ result }) => result);
  const { passed, failed, errors, notRun } = countsOf(results);
  const sections = [
    { title: 'Scenarios', findings: evaluated.map(findingOf) },
    { title: 'What callers waited', findings: waits(results) },
    { title: 'Not judged', findings: reasons(evaluated) },
  ];
  return {
    sections: sections.filter(({ findings }) => findings.length > 0),
    data: { passed, failed, errors, notRun, proves },
    footer: `${passed} passed, ${failed} failed, ${errors} could not be held, ${notRun} not run\nIt proves ${proves}.`,
    ...(failed === 0 && (errors > 0 || passed === 0) ? { exitCode: EXIT.notHeld } : {}),
  };
}

function findingOf({ result, notJudged }: Evaluated): Finding {
  const { agent, scenario, outcome, failures, durationMs, reason, simulation } = result;
  const left = [...new Set(notJudged.map(({ what }) => what))];
  const said = failures.map(({ turn, detail }) => `${turn === undefined ? '' : `turn ${turn + 1}: `}${detail}`);
  const held = said.length > 0 ? said.join('; ') : `as it should be, in ${(durationMs / 1000).toFixed(1)} s`;
  const told = simulation === undefined ? '' : `; ${simulationLines(simulation).join('; ')}`;
  const text = reason ?? `${held}${told}${left.length === 0 ? '' : `; not judged: ${left.join(', ')}`}`;
  return {
    status: STATUS[outcome],
    subject: `${agent}: ${scenario}`,
    text,
    ...(outcome === 'fail' ? { code: 'bot_failed' as const } : {}),
    ...(outcome === 'error' ? { code: 'call_inconclusive' as const } : {}),
  };
}

function waits(results: readonly RunResult[]): readonly Finding[] {
  const facts = results.flatMap(({ call }) => call?.facts ?? []);
  const row = (subject: string, values: readonly number[]): readonly Finding[] => {
    if (values.length === 0) return [];
    const [p50Ms, worstMs] = [percentile(values, 50), Math.max(...values)].map(Math.round);
    const text = `p50 ${p50Ms} ms, worst ${worstMs} ms, of ${values.length}`;
    return [{ status: 'ok', subject, text, data: { p50Ms, worstMs, count: values.length } }];
  };
  return [
    ...row(
      'greeting',
      facts.flatMap(({ greetedAfterMs }) => greetedAfterMs ?? []),
    ),
    ...row(
      'end of a turn to the first sound',
      facts.flatMap(({ waitsMs = [] }) => waitsMs),
    ),
    ...row(
      'told of an interruption to silence',
      facts.flatMap(({ stopsMs = [] }) => stopsMs),
    ),
  ];
}

/** Each thing that was left out, once for each reason. */
function reasons(evaluated: readonly Evaluated[]): readonly Finding[] {
  const held = evaluated.filter(({ result }) => result.outcome !== 'not-run');
  const counts = new Map<string, NotJudged & { count: number }>();
  for (const { what, why } of held.flatMap(({ notJudged }) => notJudged)) {
    const key = `${what} ${why}`;
    counts.set(key, { what, why, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].map(({ what, why, count }) => ({
    status: 'skipped',
    subject: what,
    text: `${why} (${count} ×)`,
  }));
}
