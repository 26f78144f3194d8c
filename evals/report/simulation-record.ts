import { talkLines } from '../simulation/talk';
import type { MetricResult } from '../simulation/outcome';
import type { RunResult } from './result';

type Json = Readonly<Record<string, unknown>>;

/** What a simulation's line of `results.jsonl` has in place of a script's turns (`_simulation_record` of pipecat/evals/suite.py, 1.14). */
export function simulationRecord({ simulation, call }: RunResult): Json {
  const { endedBy = 'error', turns = 0, claim = null, success, metrics = [] } = simulation ?? {};
  const lines = call === undefined ? [] : talkLines(call.run);
  return {
    succeeded: success?.isMet ?? false,
    reason: success?.reason ?? '',
    ended_by: endedBy,
    end_call: claim,
    turns,
    metrics: metrics.map(metricRecord),
    messages: lines.flatMap(({ who, text }) =>
      who === 'tool' ? [] : [{ role: who === 'caller' ? 'user' : 'assistant', content: text }],
    ),
  };
}

const metricRecord = ({ name, score, value, isMet, about, minScore, verdicts = [], failure }: MetricResult): Json => ({
  name,
  score: score ?? (value === undefined ? null : Number(isMet)),
  passed: isMet,
  min_score: minScore ?? null,
  value: value ?? null,
  reason: about,
  failure_kind: isMet ? null : failure,
  verdicts: verdicts.map((one) => ({
    turn: one.reply,
    passed: one.isMet,
    verdict: one.isMet ? 'yes' : 'no',
    reason: one.reason,
  })),
});
