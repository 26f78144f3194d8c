import { type CallEvent, isCall } from '../expect';
import type { CallFacts } from '../run';
import type { ExpectedCall, MeasuredMetric } from '../scenario';
import type { MetricResult } from './outcome';
import type { SimulationRun } from './run-simulation';
import { repliesIn, talkLines } from './talk';

type Call = NonNullable<CallEvent['call']>;

/** What a metric measures of a call, without a judge: seconds, words of the longest reply, turns of the caller, calls of tools. */
export function measured(metric: MeasuredMetric, run: SimulationRun, facts: Pick<CallFacts, 'waitsMs'>): MetricResult {
  const { measure, min_value: min = -Infinity, max_value: max = Infinity, calls } = metric;
  const name = metric.name ?? measure;
  if (measure === 'function_calls') return callsMetric(name, calls ?? [], callsMade(run.events));
  const failure = 'out_of_range';
  const [value, what] = valueOf(measure, run, facts);
  if (value === undefined) return { name, isMet: true, about: what, failure };
  const isMet = value >= min && value <= max;
  const range = [...(min > -Infinity ? [`${min} at least`] : []), ...(max < Infinity ? [`${max} at most`] : [])];
  return { name, value, isMet, about: `${what}, ${range.join(', ')}`, failure };
}

/** A value, and how it is told; without one, why there is none. */
function valueOf(
  measure: Exclude<MeasuredMetric['measure'], 'function_calls'>,
  run: SimulationRun,
  { waitsMs = [] }: Pick<CallFacts, 'waitsMs'>,
): readonly [number | undefined, string] {
  switch (measure) {
    case 'turns':
      return [run.turns.length, `${run.turns.length} turns of the caller`];
    case 'duration': {
      const seconds = run.durationMs / 1000;
      return [seconds, `${seconds.toFixed(1)} s`];
    }
    case 'words': {
      const counts = repliesIn(talkLines(run)).map((reply) => reply.split(/\s+/).length);
      const most = Math.max(...counts);
      return counts.length === 0 ? [undefined, 'no reply to measure'] : [most, `${most} words in the longest reply`];
    }
    case 'latency': {
      const slowest = Math.max(...waitsMs) / 1000;
      return waitsMs.length === 0
        ? [undefined, 'no reply to time']
        : [slowest, `${slowest.toFixed(2)} s from the end of a turn to the first sound, at worst`];
    }
  }
}

/** The calls that an agent made, without those that it took back. */
function callsMade(events: readonly CallEvent[]): readonly Call[] {
  const made: Call[] = [];
  for (const { name, call } of events) {
    if (call === undefined) continue;
    if (name === 'function_call') made.push(call);
    if (name !== 'function_call_stopped' || call.args['cancelled'] !== true) continue;
    const at = made.findLastIndex((one) => one.name === call.name);
    if (at >= 0) made.splice(at, 1);
  }
  return made;
}

/** Each call that is listed was made, and none that is not. */
function callsMetric(name: string, expected: readonly ExpectedCall[], made: readonly Call[]): MetricResult {
  const isMet =
    expected.every((want) => made.some((call) => isCall(want, call))) &&
    made.every((call) => expected.some((want) => isCall(want, call)));
  const seen = made.map((call) => `${call.name}(${JSON.stringify(call.args)})`).join(', ') || 'no calls';
  const wanted = expected.map((want) =>
    typeof want === 'string' ? want : `${want.name}(${JSON.stringify(want.args ?? {})})`,
  );
  const about = `${seen}, expected ${wanted.join(', ') || 'none'}`;
  return { name, value: made.length, isMet, about, failure: 'function_calls' };
}
