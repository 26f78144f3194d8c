import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { EcsService, type EcsServiceConfig } from '@cdktf/provider-aws/lib/ecs-service';
import type { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import { BOT_PORT } from '../../contract/http';
import type { AwsStack } from '../aws-stack';
import type { FoundationStack } from '../foundation';
import { CONTAINER } from '../names';
import type { Settings } from '../settings';
import type { Cluster } from './cluster';
import type { LoadBalancer } from './load-balancer';

/** Keeps tasks running and replaces them without ending calls. */
export function ecsService(
  stack: AwsStack,
  foundation: FoundationStack,
  cluster: Cluster,
  task: EcsTaskDefinition,
  balancer: LoadBalancer,
  rollbackAlarms: readonly CloudwatchMetricAlarm[],
): EcsService {
  const { names, settings, arns } = stack;
  const { shift } = balancer;
  return new EcsService(stack, 'service', {
    name: names.service,
    cluster: cluster.arn,
    taskDefinition: task.arn,
    desiredCount: settings.counts.min,
    capacityProviderStrategy: [
      { capacityProvider: settings.task.spot ? 'FARGATE_SPOT' : 'FARGATE', weight: 1, base: 0 },
    ],
    // Without it another capacity provider would replace the service, and end its calls.
    forceNewDeployment: true,
    platformVersion: 'LATEST',
    propagateTags: 'SERVICE',
    enableEcsManagedTags: true,
    enableExecuteCommand: false,
    // Rebalancing between zones would end calls.
    availabilityZoneRebalancing: 'DISABLED',
    ...strategyOf(settings.release),
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    alarms: { enable: true, rollback: true, alarmNames: rollbackAlarms.map(({ alarmName }) => alarmName) },
    // A deployment is only complete when the last protected task has finished its calls, which takes as long as a call.
    waitForSteadyState: false,
    healthCheckGracePeriodSeconds: 60,
    networkConfiguration: {
      subnets: foundation.network.taskSubnetIds,
      securityGroups: [foundation.securityGroups.tasksId],
      assignPublicIp: foundation.network.assignPublicIp,
    },
    loadBalancer: [
      {
        targetGroupArn: balancer.targetGroupArn,
        containerName: CONTAINER,
        containerPort: BOT_PORT,
        ...(shift === undefined
          ? {}
          : {
              advancedConfiguration: {
                alternateTargetGroupArn: shift.nextTargets.arn,
                productionListenerRule: shift.everybody.arn,
                testListenerRule: shift.next.arn,
                roleArn: arns.role(names.roles.traffic),
              },
            }),
      },
    ],
    // Autoscaling owns the count.
    lifecycle: { ignoreChanges: ['desired_count'] },
    dependsOn: [balancer.listener, cluster.capacityProviders],
  });
}

/**
 * How ECS gives a release its callers. The bake time is kept short of a call's length on purpose: tasks of before that
 * still have calls are protected, and stay beyond it.
 */
function strategyOf({ strategy, percent, stepMinutes, bakeMinutes }: Settings['release']): Partial<EcsServiceConfig> {
  if (strategy === 'rolling') return {};
  const share =
    strategy === 'canary'
      ? { canaryConfiguration: { canaryPercent: percent, canaryBakeTimeInMinutes: String(stepMinutes) } }
      : { linearConfiguration: { stepPercent: percent, stepBakeTimeInMinutes: String(stepMinutes) } };
  return {
    deploymentConfiguration: {
      strategy: strategy.toUpperCase(),
      bakeTimeInMinutes: String(bakeMinutes),
      ...share,
    },
  };
}
