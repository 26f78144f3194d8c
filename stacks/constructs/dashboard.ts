import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { EVENTS, FAILURE_REASONS, fieldsOf } from '../../contract/telemetry/catalogue';
import type { AwsStack } from '../aws-stack';
import type { LoadBalancer } from './load-balancer';
import { type MetricKey, metricName } from './metrics';
import { hasTelephone } from '../settings';

type Series = readonly (string | Readonly<Record<string, unknown>>)[];

const FAILURES = FAILURE_REASONS.map((reason) => `"${reason}"`).join(', ');
const ENDED = fieldsOf('callEnded');
const FAILED = fieldsOf('modelFailed');

/** Widgets in rows of two, each 12 of 24 columns wide and 6 high. */
const WIDTH = 12;
const HEIGHT = 6;

/**
 * One page: calls and capacity, quality, failures, tasks, latest errors. Labels avoid CloudWatch's `${…}`, which
 * Terraform would interpolate.
 */
export function dashboard(stack: AwsStack, balancer: LoadBalancer): CloudwatchDashboard {
  const { names, settings } = stack;
  const own = (key: MetricKey, stat: string, label: string): Series => {
    return [names.metricNamespace, metricName(key), { stat, label }];
  };
  const service = ['ClusterName', names.cluster, 'ServiceName', names.service];
  const ecs = (metric: string, label: string): Series => ['AWS/ECS', metric, ...service, { label }];
  const elb = (metric: string, stat: string, label: string, targetGroup?: string): Series => {
    const group = targetGroup === undefined ? [] : ['TargetGroup', targetGroup];
    return ['AWS/ApplicationELB', metric, 'LoadBalancer', balancer.metricSuffix, ...group, { stat, label }];
  };
  const hosts = balancer.targetGroupMetricSuffixes.map((group, index) =>
    elb('HealthyHostCount', 'Minimum', index === 0 ? 'healthy tasks' : 'healthy tasks, other group', group),
  );
  const graph = (title: string, ...metrics: Series[]) => ({
    type: 'metric',
    properties: { title, region: settings.region, view: 'timeSeries', period: 60, metrics },
  });
  const graphs = [
    graph('Calls and places', own('activeCalls', 'Sum', 'active calls'), own('maxCalls', 'Sum', 'places')),
    graph(
      'Starts and ends (a minute)',
      own('callsStarted', 'Sum', 'started'),
      own('callsEnded', 'Sum', 'ended'),
      own('callsRefused', 'Sum', 'refused'),
      own('callsRefusedForCost', 'Sum', 'refused for cost'),
      own('callsSentOn', 'Sum', 'sent on to another task'),
    ),
    graph(
      'What callers wait for (ms)',
      own('callSetupMs', 'p95', 'set-up p95'),
      own('timeToGreetingMs', 'p50', 'greeting p50'),
      own('timeToGreetingMs', 'p95', 'greeting p95'),
      own('answerLatencyMs', 'p50', 'answer p50'),
      own('answerLatencyMs', 'p95', 'answer p95'),
    ),
    graph(
      'Where an answer takes its time (p50, ms)',
      own('answerEndpointingMs', 'p50', 'end of the turn noticed'),
      own('answerModelMs', 'p50', 'model'),
      own('answerPlayoutMs', 'p50', 'on its way to the caller'),
    ),
    graph(
      'What callers hear',
      own('bargeInMs', 'p50', 'barge-in, first sound to silence p50 (ms)'),
      own('bargeInMs', 'p95', 'barge-in, first sound to silence p95 (ms)'),
      own('bargeInToSilenceMs', 'p95', 'ours of it p95 (ms)'),
      own('glitchMs', 'SampleCount', 'glitches'),
      own('glitchMs', 'Maximum', 'longest glitch (ms)'),
    ),
    graph(
      "The model's streams",
      own('modelReconnects', 'Sum', 'reconnects'),
      own('modelGapMs', 'p95', 'gap of a reconnect p95 (ms)'),
      own('rotationGapMs', 'SampleCount', 'rotations'),
      own('rotationGapMs', 'p95', 'gap of a rotation p95 (ms)'),
    ),
    graph('Tools', own('toolCalls', 'Sum', 'calls'), own('toolMs', 'p95', 'p95 (ms)')),
    graph(
      'Tokens and estimated cost',
      own('callTokens', 'Sum', 'tokens of calls that ended'),
      own('estimatedCostUsd', 'Sum', 'dollars, estimated'),
    ),
    graph(
      'Tasks',
      own('protectionFailures', 'Sum', 'protection failed'),
      own('usageUnknown', 'Sum', 'usage not known'),
    ),
    graph(
      'Failures (a minute)',
      own('callsFailed', 'Sum', 'failed calls'),
      own('modelFailures', 'Sum', 'model failures'),
      own('serverErrors', 'Sum', '5xx of the bot'),
      elb('HTTPCode_Target_5XX_Count', 'Sum', '5xx of targets'),
    ),
    graph('Health', ...hosts, elb('TargetResponseTime', 'p95', 'response p95 (s)')),
    graph('Task load (%)', ecs('CPUUtilization', 'CPU'), ecs('MemoryUtilization', 'memory')),
    ...(!hasTelephone(settings)
      ? []
      : [
          graph(
            'Telephone (a minute)',
            own('phoneCallsRefused', 'Sum', 'refused'),
            own('phoneStreamsLost', 'Sum', 'apologies'),
            own('phoneCallsHeldLong', 'Sum', 'on hold for 6 s'),
            own('phoneSignatureFailures', 'Sum', 'not signed'),
            own('phoneHangUpFailures', 'Sum', 'hang-ups that failed'),
            own('phoneCallsDialled', 'Sum', 'called'),
            own('phoneCallsNotAnswered', 'Sum', 'called, not answered'),
          ),
        ]),
    graph('Process', own('eventLoopLagMs', 'p95', 'event-loop lag p95 (ms)'), own('rssMb', 'Maximum', 'memory (MB)')),
  ];
  const failures = {
    type: 'log',
    properties: {
      title: 'Failed calls and model failures',
      region: settings.region,
      view: 'table',
      query:
        `SOURCE '${names.logGroup}' | fields @timestamp, msg, ${ENDED.callId}, ${ENDED.reason}, ${FAILED.code}` +
        ` | filter msg = "${EVENTS.modelFailed.message}"` +
        ` or (msg = "${EVENTS.callEnded.message}" and ${ENDED.reason} in [${FAILURES}])` +
        ' | sort @timestamp desc | limit 50',
    },
  };
  return new CloudwatchDashboard(stack, 'dashboard', {
    dashboardName: names.dashboard,
    dashboardBody: JSON.stringify({
      widgets: [
        ...graphs.map((widget, index) => ({
          ...widget,
          x: (index % 2) * WIDTH,
          y: Math.floor(index / 2) * HEIGHT,
          width: WIDTH,
          height: HEIGHT,
        })),
        { ...failures, x: 0, y: Math.ceil(graphs.length / 2) * HEIGHT, width: 2 * WIDTH, height: HEIGHT },
      ],
    }),
  });
}

/** The dashboard's page in the console. */
export function dashboardUrl({ names, settings }: AwsStack): string {
  const { region } = settings;
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${names.dashboard}`;
}
