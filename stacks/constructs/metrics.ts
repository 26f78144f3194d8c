import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import type { AwsStack } from '../aws-stack';
import { FAILURE_REASONS, type FIELDS, type MessageName, pattern, REFUSED_FULL } from './telemetry-names';

type FieldOf<M extends MessageName> = (typeof FIELDS)[M][number];

interface MetricSpec {
  readonly name: string;
  readonly pattern: string;
  /** "1" to count, or the field whose value is taken. */
  readonly value: string;
  readonly unit: 'Count' | 'Milliseconds' | 'Megabytes' | 'None';
}

/** Counts a message, on conditions if given. Says 0 when there was none, so that alarms know health from silence. */
const count = (name: string, message: MessageName, ...conditions: string[]): MetricSpec => ({
  name,
  pattern: pattern(message, ...conditions),
  value: '1',
  unit: 'Count',
});

/** Takes a field's value; a message where the field is null or missing is passed over. */
const measure = <M extends MessageName>(
  name: string,
  message: M,
  field: FieldOf<M>,
  unit: MetricSpec['unit'],
): MetricSpec => ({
  name,
  pattern: pattern(message, `$.${field} >= 0`),
  value: `$.${field}`,
  unit,
});

const failed = FAILURE_REASONS.map((reason) => `$.reason = "${reason}"`).join(' || ');

/** Every metric that is made from the bot's log, under the environment's namespace. */
export const METRICS = {
  callsStarted: count('CallsStarted', 'callStarted'),
  callsEnded: count('CallsEnded', 'callEnded'),
  callsFailed: count('CallsFailed', 'callEnded', failed),
  callsRefused: count('CallsRefused', 'callRefused'),
  callsRefusedFull: count('CallsRefusedFull', 'callRefused', `$.code = "${REFUSED_FULL}"`),
  modelFailures: count('ModelFailures', 'modelFailed'),
  modelReconnects: count('ModelReconnects', 'modelReconnected'),
  modelGapMs: measure('ModelGapMs', 'modelReconnected', 'gapMs', 'Milliseconds'),
  toolCalls: count('ToolCalls', 'toolCall'),
  serverErrors: count('ServerErrors', 'httpRequest', '$.status >= 500'),
  callDurationMs: measure('CallDurationMs', 'callEnded', 'durationMs', 'Milliseconds'),
  bargeIns: measure('BargeIns', 'callEnded', 'bargeIns', 'Count'),
  timeToGreetingMs: measure('TimeToGreetingMs', 'callEnded', 'timeToGreetingMs', 'Milliseconds'),
  answerLatencyMs: measure('AnswerLatencyMs', 'callEnded', 'endOfSpeechToAudioP50Ms', 'Milliseconds'),
  activeCalls: measure('ActiveCalls', 'serviceStats', 'activeCalls', 'Count'),
  maxCalls: measure('MaxCalls', 'serviceStats', 'maxCalls', 'Count'),
  eventLoopLagMs: measure('EventLoopLagMs', 'serviceStats', 'eventLoopLagMs', 'Milliseconds'),
  rssMb: measure('RssMb', 'serviceStats', 'rssMb', 'Megabytes'),
} as const satisfies Record<string, MetricSpec>;
export type MetricKey = keyof typeof METRICS;

/** Metric filters on the bot's log group. */
export function metricFilters(stack: AwsStack): void {
  for (const metric of Object.values<MetricSpec>(METRICS)) {
    new CloudwatchLogMetricFilter(stack, `metric-${metric.name}`, {
      name: `${stack.names.base}-${metric.name}`,
      logGroupName: stack.names.logGroup,
      pattern: metric.pattern,
      metricTransformation: {
        name: metric.name,
        namespace: stack.names.metricNamespace,
        value: metric.value,
        unit: metric.unit,
        // A default value on a measurement would drag its average to 0.
        ...(metric.value === '1' ? { defaultValue: '0' } : {}),
      },
    });
  }
}
