import type { Body } from './body';
import type { Attributes } from './attributes';
import { call, type ResourceEntry, there } from './entry';
import { pascal } from './pascal';

const scalable = (of: Attributes) => ({
  ServiceNamespace: of.must('service_namespace'),
  ResourceId: of.must('resource_id'),
  ScalableDimension: of.must('scalable_dimension'),
});

const service = (of: Attributes): Body => ({
  cluster: of.must('cluster'),
  taskDefinition: of.must('task_definition'),
  forceNewDeployment: of.flag('force_new_deployment'),
  deploymentConfiguration: deployment(of),
});

const deployment = (of: Attributes): Body => ({
  maximumPercent: of.number('deployment_maximum_percent'),
  minimumHealthyPercent: of.number('deployment_minimum_healthy_percent'),
  deploymentCircuitBreaker: {
    enable: of.block('deployment_circuit_breaker')?.flag('enable') ?? false,
    rollback: of.block('deployment_circuit_breaker')?.flag('rollback') ?? false,
  },
});

/** What runs: ECS and its scaling. */
export const SERVING: Readonly<Record<string, ResourceEntry>> = {
  aws_ecs_cluster: {
    service: 'ecs',
    create: [
      call('CreateCluster', (of) => ({
        clusterName: of.must('name'),
        settings: of.blocks('setting').map((one) => ({ name: one.text('name'), value: one.text('value') })),
      })),
    ],
    made: (answer) => ({ id: answer.text('cluster.clusterArn'), arn: answer.text('cluster.clusterArn') }),
    read: call('DescribeClusters', (of) => ({ clusters: [of.must('name')] })),
    found: (answer) => (answer.text('clusters.0.status') === 'ACTIVE' ? there() : undefined),
    destroy: [call('DeleteCluster', (of) => ({ cluster: of.must('name') }))],
  },
  aws_ecs_cluster_capacity_providers: {
    service: 'ecs',
    create: [],
    made: (_answer, of) => ({ id: of.must('cluster_name') }),
    settings: [
      call('PutClusterCapacityProviders', (of) => ({
        cluster: of.must('cluster_name'),
        capacityProviders: of.texts('capacity_providers') ?? [],
        defaultCapacityProviderStrategy: of.blocks('default_capacity_provider_strategy').map((one) => ({
          capacityProvider: one.text('capacity_provider'),
          weight: one.number('weight'),
          base: one.number('base'),
        })),
      })),
    ],
    read: call('DescribeClusters', (of) => ({ clusters: [of.must('cluster_name')] })),
    found: (answer) => (answer.text('clusters.0.status') === 'ACTIVE' ? there() : undefined),
    destroy: [
      call('PutClusterCapacityProviders', (of) => ({
        cluster: of.must('cluster_name'),
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      })),
    ],
  },
  aws_ecs_task_definition: {
    service: 'ecs',
    create: [
      call('RegisterTaskDefinition', (of) => ({
        family: of.must('family'),
        cpu: of.text('cpu'),
        memory: of.text('memory'),
        networkMode: of.text('network_mode'),
        executionRoleArn: of.text('execution_role_arn'),
        taskRoleArn: of.text('task_role_arn'),
        requiresCompatibilities: of.texts('requires_compatibilities'),
        containerDefinitions: JSON.parse(of.must('container_definitions')) as Body,
      })),
    ],
    made: (answer, of) => {
      const arn = answer.text('taskDefinition.taskDefinitionArn');
      return {
        id: of.must('family'),
        arn,
        arn_without_revision: arn?.replace(/:\d+$/, ''),
        revision: Number(answer.at('taskDefinition.revision')),
      };
    },
    read: call('DescribeTaskDefinition', (of) => ({ taskDefinition: of.must('arn') })),
    found: there,
    destroy: [
      call('DeregisterTaskDefinition', (of) =>
        of.flag('skip_destroy') === true ? undefined : { taskDefinition: of.must('arn') },
      ),
    ],
  },
  /** Its tasks are a bot's process on this machine, and its deployments come to an end: the emulator's do neither. */
  aws_ecs_service: {
    service: 'ecs',
    by: 'stand-in',
    create: [
      call('CreateService', (of) => ({
        serviceName: of.must('name'),
        desiredCount: of.number('desired_count'),
        ...(service(of) as object),
      })),
    ],
    made: (answer) => ({ id: answer.text('service.serviceArn') }),
    read: call('DescribeServices', (of) => ({ cluster: of.must('cluster'), services: [of.must('name')] })),
    found: (answer) => {
      const definition = answer.text('services.0.taskDefinition');
      return definition === undefined || answer.text('services.0.status') === 'INACTIVE'
        ? undefined
        : { task_definition: definition };
    },
    update: [call('UpdateService', (of) => ({ service: of.must('name'), ...(service(of) as object) }))],
    destroy: [call('DeleteService', (of) => ({ cluster: of.must('cluster'), service: of.must('name'), force: true }))],
  },
  aws_appautoscaling_target: {
    service: 'application-autoscaling',
    create: [],
    made: (_answer, of, api) => ({
      id: of.must('resource_id'),
      arn: api.arn('application-autoscaling', `scalable-target/${of.must('resource_id')}`),
    }),
    settings: [
      call('RegisterScalableTarget', (of) => ({
        ...scalable(of),
        MinCapacity: of.number('min_capacity'),
        MaxCapacity: of.number('max_capacity'),
      })),
    ],
    read: call('DescribeScalableTargets', (of) => ({
      ServiceNamespace: of.must('service_namespace'),
      ResourceIds: [of.must('resource_id')],
    })),
    found: (answer) => {
      const [target] = answer.list('ScalableTargets');
      return (
        target && { min_capacity: Number(target.at('MinCapacity')), max_capacity: Number(target.at('MaxCapacity')) }
      );
    },
    destroy: [call('DeregisterScalableTarget', scalable)],
  },
  aws_appautoscaling_policy: {
    service: 'application-autoscaling',
    create: [],
    made: (answer, of) => ({ id: of.must('name'), arn: answer.text('PolicyARN') }),
    settings: [
      call('PutScalingPolicy', (of) => ({
        ...scalable(of),
        PolicyName: of.must('name'),
        PolicyType: of.text('policy_type'),
        TargetTrackingScalingPolicyConfiguration: pascal(
          of.block('target_tracking_scaling_policy_configuration')?.value,
        ),
      })),
    ],
    read: call('DescribeScalingPolicies', (of) => ({
      ServiceNamespace: of.must('service_namespace'),
      PolicyNames: [of.must('name')],
    })),
    found: (answer) => (answer.list('ScalingPolicies').length > 0 ? there() : undefined),
    destroy: [call('DeleteScalingPolicy', (of) => ({ ...scalable(of), PolicyName: of.must('name') }))],
  },
  aws_appautoscaling_scheduled_action: {
    service: 'application-autoscaling',
    create: [],
    made: (_answer, of, api) => ({
      id: of.must('name'),
      arn: api.arn('autoscaling', `scheduledAction:${of.must('name')}`),
    }),
    settings: [
      call('PutScheduledAction', (of) => ({
        ...scalable(of),
        ScheduledActionName: of.must('name'),
        Schedule: of.must('schedule'),
        Timezone: of.text('timezone'),
        ScalableTargetAction: {
          MinCapacity: Number(of.block('scalable_target_action')?.text('min_capacity')),
          MaxCapacity: Number(of.block('scalable_target_action')?.text('max_capacity')),
        },
      })),
    ],
    read: call('DescribeScheduledActions', (of) => ({
      ServiceNamespace: of.must('service_namespace'),
      ScheduledActionNames: [of.must('name')],
    })),
    found: (answer) => {
      const [action] = answer.list('ScheduledActions');
      return action && { schedule: action.text('Schedule') };
    },
    destroy: [call('DeleteScheduledAction', (of) => ({ ...scalable(of), ScheduledActionName: of.must('name') }))],
  },
};
