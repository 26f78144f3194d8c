import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import type { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import type { AwsStack } from '../aws-stack';
import { metricName } from './metrics';

/** Adding is urgent, callers wait; removing is not, and a removed task may still finish its calls. */
const SCALE_OUT_COOLDOWN_SECONDS = 60;
const SCALE_IN_COOLDOWN_SECONDS = 600;
const CPU_PERCENT = 60;

/**
 * More tasks when they are full on average, by calls and by CPU; fewer only when both say so. Scaling in cannot end a
 * call: a task with calls protects itself, and autoscaling leaves protected tasks alone.
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
      // Every task says its own number once a minute, so the average is that of a task.
      statistic: 'Average',
    },
  });
  on('cpu', {
    targetValue: CPU_PERCENT,
    predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
  });
}
