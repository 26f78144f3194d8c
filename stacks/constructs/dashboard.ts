import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import type { AwsStack } from '../aws-stack';
import type { LoadBalancer } from './load-balancer';
import { METRICS, type MetricKey } from './metrics';
import { FAILURE_REASONS, MESSAGES } from './telemetry-names';

type Series = readonly (string | Readonly<Record<string, unknown>>)[];

const FAILURES = FAILURE_REASONS.map((reason) => `"${reason}"`).join(', ');

/** Widgets in rows of two, each 12 of 24 columns wide and 6 high. */
const WIDTH = 12;
const HEIGHT = 6;

/**
 * One page: calls and capacity, quality, failures, machines, last errors. Written by JSON.stringify; labels do not use
 * CloudWatch's `${…}`, which Terraform would take for its own.
 */
export function dashboard(stack: AwsStack, balancer: LoadBalancer): CloudwatchDashboard {
  const { names, settings } = stack;
  const own = (key: MetricKey, stat: string, label: string): Series => [
    names.metricNamespace,
    METRICS[key].name,
    { stat, label },
  ];
  const ecs = (metric: string, label: string): Series => [
    'AWS/ECS',
    metric,
    'ClusterName',
    names.cluster,
    'ServiceName',
    names.service,
    { label },
  ];
  const elb = (metric: string, stat: string, label: string): Series => [
    'AWS/ApplicationELB',
    metric,
    'LoadBalancer',
    balancer.metricSuffix,
    'TargetGroup',
    balancer.targetGroupMetricSuffix,
    { stat, label },
  ];
  const graph = (title: string, ...metrics: Series[]) => ({
    type: 'metric',
    properties: { title, region: settings.region, view: 'timeSeries', period: 60, metrics },
  });
  const widgets = [
    graph('Calls and places', own('activeCalls', 'Sum', 'active calls'), own('maxCalls', 'Sum', 'places')),
    graph(
      'Starts and ends (a minute)',
      own('callsStarted', 'Sum', 'started'),
      own('callsEnded', 'Sum', 'ended'),
      own('callsRefused', 'Sum', 'refused'),
    ),
    graph(
      'What callers wait for (ms)',
      own('timeToGreetingMs', 'p50', 'greeting p50'),
      own('timeToGreetingMs', 'p95', 'greeting p95'),
      own('answerLatencyMs', 'p50', 'answer p50'),
      own('answerLatencyMs', 'p95', 'answer p95'),
    ),
    graph(
      'Conversation',
      own('bargeIns', 'Average', 'barge-ins a call'),
      own('modelReconnects', 'Sum', 'model reconnects'),
      own('modelGapMs', 'p95', 'gap of a reconnect p95 (ms)'),
      own('toolCalls', 'Sum', 'tool calls'),
    ),
    graph(
      'Failures (a minute)',
      own('callsFailed', 'Sum', 'failed calls'),
      own('modelFailures', 'Sum', 'model failures'),
      own('serverErrors', 'Sum', '5xx of the bot'),
      elb('HTTPCode_Target_5XX_Count', 'Sum', '5xx of targets'),
    ),
    graph(
      'Health',
      elb('HealthyHostCount', 'Minimum', 'healthy tasks'),
      elb('TargetResponseTime', 'p95', 'response p95 (s)'),
    ),
    graph('Task load (%)', ecs('CPUUtilization', 'CPU'), ecs('MemoryUtilization', 'memory')),
    graph('Process', own('eventLoopLagMs', 'p95', 'event-loop lag p95 (ms)'), own('rssMb', 'Maximum', 'memory (MB)')),
    {
      type: 'log',
      properties: {
        title: 'Failed calls and model failures',
        region: settings.region,
        view: 'table',
        query:
          `SOURCE '${names.logGroup}' | fields @timestamp, msg, callId, reason, code` +
          ` | filter msg = "${MESSAGES.modelFailed}" or (msg = "${MESSAGES.callEnded}" and reason in [${FAILURES}])` +
          ' | sort @timestamp desc | limit 50',
      },
    },
  ];
  return new CloudwatchDashboard(stack, 'dashboard', {
    dashboardName: names.dashboard,
    dashboardBody: JSON.stringify({
      widgets: widgets.map((widget, index) => ({
        ...widget,
        x: (index % 2) * WIDTH,
        y: Math.floor(index / 2) * HEIGHT,
        width: widget.type === 'log' ? 2 * WIDTH : WIDTH,
        height: HEIGHT,
      })),
    }),
  });
}

/** The dashboard's page in the console. */
export function dashboardUrl({ names, settings }: AwsStack): string {
  const { region } = settings;
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${names.dashboard}`;
}
