import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers';
import type { AwsStack } from '../aws-stack';

export interface Cluster {
  readonly arn: string;
  readonly name: string;
  readonly capacityProviders: EcsClusterCapacityProviders;
}

/** A Fargate cluster with container insights. */
export function cluster(stack: AwsStack): Cluster {
  const { names, settings } = stack;
  const made = new EcsCluster(stack, 'cluster', {
    name: names.cluster,
    setting: [{ name: 'containerInsights', value: 'enhanced' }],
  });
  const provider = settings.task.spot ? 'FARGATE_SPOT' : 'FARGATE';
  if (settings.task.spot)
    stack.warn('Tasks run on Fargate Spot: AWS may end them, and their calls, with two minutes notice.');
  const capacityProviders = new EcsClusterCapacityProviders(stack, 'capacity-providers', {
    clusterName: made.name,
    // Both, so that a change of `task.spot` only changes which one is used.
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: provider, weight: 1, base: 0 }],
  });
  return { arn: made.arn, name: made.name, capacityProviders };
}
