import type { AwsStack } from '../aws-stack';
import { movesTraffic } from '../names';
import { policyJson } from '../policies';
import { role } from './role';

/**
 * The role by which ECS moves the load balancer's traffic to a release. It has the rights of AWS's managed policy
 * `AmazonECSInfrastructureRolePolicyForLoadBalancers`, those to change something on this environment's load balancer only.
 */
export function trafficRole(stack: AwsStack): void {
  const { arns, names, settings } = stack;
  if (!movesTraffic(settings)) return;
  const balancing = (resource: string) => arns.regional('elasticloadbalancing', resource);
  role(stack, 'traffic-role', {
    name: names.roles.traffic,
    description: 'ECS moves traffic to a release with it',
    // The trust that the ECS guide prescribes. It is no way in for other accounts, because no role is passed between them.
    trust: policyJson([{ sid: 'Ecs', principals: { Service: 'ecs.amazonaws.com' }, actions: ['sts:AssumeRole'] }]),
    statements: [
      {
        sid: 'Look',
        actions: [
          'elasticloadbalancing:DescribeListeners',
          'elasticloadbalancing:DescribeRules',
          'elasticloadbalancing:DescribeTargetGroups',
          'elasticloadbalancing:DescribeTargetHealth',
        ],
        resources: ['*'],
      },
      {
        sid: 'RegisterTasks',
        actions: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
        resources: [names.targetGroup, names.nextTargetGroup].map((name) => balancing(`targetgroup/${name}/*`)),
      },
      {
        sid: 'MoveTraffic',
        actions: ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
        resources: [
          balancing(`listener/app/${names.loadBalancer}/*`),
          balancing(`listener-rule/app/${names.loadBalancer}/*`),
        ],
      },
    ],
  });
}
