import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import { ALL_EVENTS, ALL_METRICS, type CloudWatchKey, METRICS } from '../../contract/telemetry/catalogue';
import type { Condition } from '../../contract/telemetry/entry';
import { PHONE_EVENTS } from '../../contract/telemetry/phone-events';
import type { AwsStack } from '../aws-stack';
import { hasTelephone } from '../settings';

export type MetricKey = CloudWatchKey;

/** The CloudWatch name of one of the bot's metrics. */
export function metricName(key: MetricKey): string {
  return METRICS[key].cloudwatch.name;
}

/** The pattern of a metric filter: a message, and the values of its field that count. */
function pattern(message: string, where: Condition | undefined): string {
  const is = `$.msg = "${message}"`;
  return where === undefined ? `{ ${is} }` : `{ (${is}) && (${condition(where)}) }`;
}

function condition(where: Condition): string {
  if ('atLeast' in where) return `$.${where.field} >= ${where.atLeast}`;
  return where.oneOf.map((value) => `$.${where.field} = "${value}"`).join(' || ');
}

/**
 * Metric filters on the bot's log group, for counted metrics. They report 0 when there was nothing to count, so that
 * alarms can tell health from silence. Those of the telephone are made where there is one. Measured metrics are logged in the embedded metric format and need no filter.
 */
export function metricFilters(stack: AwsStack): void {
  for (const { event, cloudwatch } of Object.values(ALL_METRICS)) {
    const message = event && ALL_EVENTS[event].message;
    if (message === undefined || cloudwatch?.kind !== 'counted') continue;
    if (event !== undefined && event in PHONE_EVENTS && !hasTelephone(stack.settings)) continue;
    const { name, where } = cloudwatch;
    new CloudwatchLogMetricFilter(stack, `metric-${name}`, {
      name: `${stack.names.base}-${name}`,
      logGroupName: stack.names.logGroup,
      pattern: pattern(message, where),
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
