import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import { ALL_METRICS, type CloudWatchKey, EVENTS, type EventName, METRICS } from '../../contract/telemetry';
import type { AwsStack } from '../aws-stack';

export type MetricKey = CloudWatchKey;

/** What CloudWatch calls a metric of the bot. */
export function metricName(key: MetricKey): string {
  return METRICS[key].cloudwatch.name;
}

/** The pattern of a metric filter: this message, and what its field must be. */
function pattern(event: EventName, condition: string | undefined): string {
  const message = `$.msg = "${EVENTS[event].message}"`;
  return condition === undefined ? `{ ${message} }` : `{ (${message}) && (${condition}) }`;
}

/**
 * Metric filters on the bot's log group, for what is counted. They say 0 when there was nothing to count, so that
 * alarms know health from silence. What is measured the bot's log carries in the embedded metric format, which
 * CloudWatch needs no filter for.
 */
export function metricFilters(stack: AwsStack): void {
  for (const { cloudwatch } of Object.values(ALL_METRICS)) {
    if (cloudwatch === undefined || cloudwatch.from === 'measured') continue;
    const { name, from, where } = cloudwatch;
    const condition =
      where === undefined
        ? undefined
        : 'oneOf' in where
          ? where.oneOf.map((value) => `$.${where.field} = "${value}"`).join(' || ')
          : `$.${where.field} >= ${where.atLeast}`;
    new CloudwatchLogMetricFilter(stack, `metric-${name}`, {
      name: `${stack.names.base}-${name}`,
      logGroupName: stack.names.logGroup,
      pattern: pattern(from, condition),
      metricTransformation: {
        name,
        namespace: stack.names.metricNamespace,
        value: '1',
        unit: 'Count',
        defaultValue: '0',
      },
    });
  }
}
