import type { RunAbout } from './about';
import type { Failure, HeldCall, RunResult } from './result';
import { simulationRecord } from './simulation-record';

type Json = Readonly<Record<string, unknown>>;

/**
 * `results.jsonl` as Pipecat writes it (`_scenario_record` of pipecat/evals/suite.py, 1.14): a line a run, by the same keys.
 * What only this project knows stands under `nova`.
 */
export function jsonLines(results: readonly RunResult[], { mode }: RunAbout): string {
  const attempts = new Map<string, number>();
  const lines = results.map((result) => {
    const key = JSON.stringify([result.agent, result.scenario]);
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    return JSON.stringify({ ...recordOf(result, attempt), nova: ownOf(result, mode) });
  });
  return lines.map((line) => `${line}\n`).join('');
}

function recordOf(result: RunResult, attempt: number): Json {
  const { agent, scenario, outcome, failures, durationMs, reason, call } = result;
  const isPassed = outcome === 'pass';
  const isHeld = isPassed || outcome === 'fail' || outcome === 'not-run';
  return {
    bot: agent,
    name: agent,
    scenario,
    kind: result.kind,
    attempt,
    passed: isPassed,
    skipped: outcome === 'not-run' ? (reason ?? '') : null,
    error: isHeld ? null : (failures[0]?.detail ?? outcome),
    duration_ms: Math.round(durationMs),
    failures: failures.map(failureOf),
    turns: call === undefined ? [] : turnsOf(call),
    ...(result.kind === 'simulation' ? simulationRecord(result) : {}),
    artifacts: {},
    ...(isPassed ? {} : { events_seen: call === undefined ? [] : eventsOf(call) }),
  };
}

/** What is of no turn, or of no expectation, is -1 there, as with Pipecat. */
const failureOf = ({ kind, turn = -1, expectation = -1, how, detail }: Failure): Json => ({
  turn_index: turn,
  expectation_index: expectation,
  event_name: expectation < 0 ? '' : kind,
  kind: how ?? kind,
  reason: detail,
});

function turnsOf({ run: { outcomes, turns } }: HeldCall): readonly Json[] {
  const count = Math.max(turns.length, ...outcomes.map(({ turn }) => turn + 1));
  return Array.from({ length: count }, (_, index) => {
    const own = outcomes.filter(({ turn }) => turn === index);
    const sent = turns[index];
    const endMs = Math.max(sent?.sentMs ?? 0, ...own.map(({ verdict }) => verdict.atMs));
    const isFailed = own.some(({ verdict }) => verdict.outcome === 'failed');
    return {
      turn_index: index,
      status: sent === undefined ? 'not_run' : isFailed ? 'failed' : 'passed',
      duration_ms: sent === undefined ? 0 : Math.round(endMs - sent.sentMs),
      expectations:
        sent === undefined
          ? []
          : own.map(({ expectation, verdict }, at) => ({
              expectation_index: at,
              event_name: expectation.event,
              passed: verdict.outcome !== 'failed',
              matched:
                verdict.outcome === 'passed' ? verdict.matched : verdict.outcome === 'not-judged' ? verdict.text : '',
            })),
    };
  });
}

const eventsOf = ({ run, readyMs }: HeldCall): readonly Json[] =>
  run.events.map(({ name, atMs, text, call }) => ({
    type: name,
    ...(text === undefined ? {} : { [name === 'user_transcription' ? 'transcript' : 'text']: text }),
    ...call,
    at: Number(((atMs - readyMs) / 1_000).toFixed(3)),
  }));

const ownOf = ({ outcome, notJudged, recorded, call }: RunResult, mode: RunAbout['mode']): Json => ({
  mode,
  outcome,
  not_judged: notJudged,
  ...(recorded === undefined
    ? {}
    : { recorded: { source: recorded.source, model: recorded.model, at: recorded.recordedAt } }),
  caller:
    call?.pace === undefined
      ? null
      : {
          real_time_ratio: Number(call.pace.realTimeRatio.toFixed(3)),
          longest_gap_ms: Math.round(call.pace.longestGapMs),
        },
});
