import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { AwsStack } from '../aws-stack';
import type { AlarmBoard, AlarmProps, AwsMetric } from './alarm';
import type { LoadBalancer } from './load-balancer';

/**
 * Alarms on what callers notice. Returns those that also stop and roll back a release: errors and failing health checks,
 * but not load, which a release does not cause.
 */
export function alarms(stack: AwsStack, board: AlarmBoard, balancer: LoadBalancer): CloudwatchMetricAlarm[] {
  const { alarms: wanted, counts } = stack.settings;
  const { names } = stack;
  const ofBalancer = { LoadBalancer: balancer.metricSuffix };
  const groups = balancer.targetGroupMetricSuffixes;
  const elb = (metricName: string, dimensions: Record<string, string> = ofBalancer): AwsMetric => {
    return { namespace: 'AWS/ApplicationELB', metricName, dimensions };
  };
  /** A count of hosts, in whichever group of targets they are: releases change the group where ECS moves traffic. */
  const onHosts = (id: string, metricName: string, props: Omit<AlarmProps, 'metric'>): CloudwatchMetricAlarm => {
    const [first = '', second] = groups;
    const inGroup = (TargetGroup: string) => elb(metricName, { ...ofBalancer, TargetGroup });
    if (second === undefined) return board.on(id, { ...props, metric: inGroup(first) });
    const expression = 'FILL(a, 0) + FILL(b, 0)';
    return board.onExpression(id, { ...props, expression, metrics: { a: inGroup(first), b: inGroup(second) } });
  };
  const ecs = (metricName: string): AwsMetric => ({
    namespace: 'AWS/ECS',
    metricName,
    dimensions: { ClusterName: names.cluster, ServiceName: names.service },
  });

  const callsFailing = board.on('calls-failing', {
    metric: 'callsFailed',
    statistic: 'Sum',
    threshold: wanted.callFailuresPerFiveMinutes,
    description: 'Calls end because of a failure. See the saved query "failed calls" for the reasons.',
  });
  const modelErrors = board.on('model-errors', {
    metric: 'modelFailures',
    statistic: 'Sum',
    threshold: wanted.modelFailuresPerFiveMinutes,
    description: 'The model fails. See the saved query "model failures" for the codes.',
  });
  const unhealthy = onHosts('unhealthy-tasks', 'UnHealthyHostCount', {
    statistic: 'Minimum',
    threshold: 1,
    periodSeconds: 60,
    periods: 3,
    description: 'A task stays unhealthy: ECS will replace it. Look at the log of the task before that.',
  });
  // Not a rollback alarm: it fires before the very first release has a task, when there is nothing to roll back to.
  onHosts('no-healthy-task', 'HealthyHostCount', {
    statistic: 'Maximum',
    threshold: 1,
    below: true,
    periodSeconds: 60,
    periods: 3,
    // A service that is meant to be empty is not unhealthy.
    missing: counts.min === 0 ? 'notBreaching' : 'breaching',
    description: "No task is healthy: nobody can call. Look at the service's events and the stopped tasks' reasons.",
  });
  const serverErrors = board.onExpression('server-errors', {
    expression: 'FILL(target, 0) + FILL(balancer, 0)',
    metrics: {
      target: elb('HTTPCode_Target_5XX_Count'),
      balancer: elb('HTTPCode_ELB_5XX_Count'),
    },
    statistic: 'Sum',
    threshold: wanted.serverErrorsPerFiveMinutes,
    description: 'HTTP requests are answered with 5xx, by the bot or by the load balancer.',
  });
  board.on('http-latency', {
    metric: elb('TargetResponseTime'),
    statistic: 'p95',
    threshold: 3,
    periods: 3,
    description: 'Starting a call takes long (p95, seconds).',
  });
  board.on('answer-latency', {
    metric: 'answerLatencyMs',
    statistic: 'Average',
    threshold: wanted.answerLatencyMs,
    periods: 2,
    description: 'From a caller\'s last word to the bot\'s first sound takes long. See the saved query "slow calls".',
  });
  board.onExpression('capacity', {
    expression: 'IF(places > 0, 100 * used / places, 0)',
    metrics: { used: 'activeCalls', places: 'maxCalls' },
    // Every task reports both once a minute: the ratio of sums is the share of all places in use.
    statistic: 'Sum',
    periodSeconds: 60,
    periods: 3,
    threshold: wanted.capacityPercent,
    description: `Nearly all places are used and ${counts.max} tasks may be too few: raise counts.max or bot.callsPerTask.`,
  });
  board.on('calls-refused', {
    metric: 'callsRefusedFull',
    statistic: 'Sum',
    threshold: 1,
    description: 'A caller was refused because every place was used.',
  });
  board.on('cost-limit', {
    metric: 'callsRefusedForCost',
    statistic: 'Sum',
    threshold: 1,
    description: 'A caller was refused because what a day may use (settings: limits) is used up.',
  });
  board.on('task-protection', {
    metric: 'protectionFailures',
    statistic: 'Sum',
    threshold: 3,
    description: 'Tasks cannot protect themselves: a release or scaling in may end calls. See "task protection".',
  });
  board.on('memory', {
    metric: ecs('MemoryUtilization'),
    statistic: 'Maximum',
    threshold: 85,
    periods: 3,
    description: 'A task uses most of its memory: raise task.memoryMb or lower bot.callsPerTask.',
  });
  board.on('event-loop', {
    metric: 'eventLoopLagMs',
    statistic: 'p95',
    threshold: 50,
    periods: 3,
    description: 'A task is too busy to keep audio smooth: lower bot.callsPerTask or raise task.cpu.',
  });
  return [callsFailing, modelErrors, unhealthy, serverErrors];
}
