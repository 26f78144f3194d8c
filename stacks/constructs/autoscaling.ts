import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingScheduledAction } from '@cdktf/provider-aws/lib/appautoscaling-scheduled-action';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import type { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import type { AwsStack } from '../aws-stack';
import { metricName } from './metrics';

/** Scaling out is urgent because callers wait; scaling in is not, and a removed task still finishes its calls. */
const SCALE_OUT_COOLDOWN_SECONDS = 60;
const SCALE_IN_COOLDOWN_SECONDS = 600;
const CPU_PERCENT = 60;

/**
 * Adds tasks when calls or CPU exceed their target on average; removes them only when both are below. Scaling in cannot
 * end a call: a task with calls protects itself, and autoscaling leaves protected tasks alone.
 */
export function autoscaling(stack: AwsStack, service: EcsService): void {
  const { names, settings } = stack;
  const target = new AppautoscalingTarget(stack, 'scaling', {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${names.cluster}/${service.name}`,
    minCapacity: settings.counts.min,
    maxCapacity: settings.counts.max,
  });
  const on = (id: string, tracking: { targetValue: number } & Record<string, unknown>) =>
    new AppautoscalingPolicy(stack, `scale-on-${id}`, {
      name: `${names.base}-${id}`,
      policyType: 'TargetTrackingScaling',
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        scaleOutCooldown: SCALE_OUT_COOLDOWN_SECONDS,
        scaleInCooldown: SCALE_IN_COOLDOWN_SECONDS,
        ...tracking,
      },
    });
  on('calls', {
    targetValue: (settings.bot.callsPerTask * settings.bot.scaleAtPercent) / 100,
    customizedMetricSpecification: {
      namespace: names.metricNamespace,
      metricName: metricName('activeCalls'),
      // Every task reports its own number once a minute, so the average is per task.
      statistic: 'Average',
    },
  });
  on('cpu', {
    targetValue: CPU_PERCENT,
    predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
  });
  for (const { name, cron, timeZone, min, max } of settings.counts.schedule) {
    new AppautoscalingScheduledAction(stack, `schedule-${name}`, {
      name: `${names.base}-${name}`,
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      schedule: `cron(${cron})`,
      timezone: timeZone,
      scalableTargetAction: { minCapacity: String(min), maxCapacity: String(max) },
    });
  }
  // The schedule moves the bounds; a release must not move them back.
  if (settings.counts.schedule.length > 0) target.lifecycle = { ignoreChanges: ['min_capacity', 'max_capacity'] };
}
