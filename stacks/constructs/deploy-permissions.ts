import type { AwsStack } from '../aws-stack';
import { isSmokedFromInside, movesTraffic } from '../names';
import type { Statement } from '../policies';
import { DESCRIBE_ACTIONS } from './plan-permissions';
import { writeServiceState } from './state-access';

/** Pushes and describes images, nothing more: a build job runs more third-party code than any other. */
export function pushStatements(stack: AwsStack): Statement[] {
  return [
    ...pushImages(stack),
    { sid: 'NeverReadSecrets', effect: 'Deny', actions: ['secretsmanager:GetSecretValue'], resources: ['*'] },
  ];
}

/**
 * Applying the service stack, and nothing of the foundation: no role, key, secret, network or
 * repository can be created or changed with it. Whoever takes it over can release, which is what it is for, but cannot
 * extend the bot's permissions.
 */
export function deployStatements(stack: AwsStack): Statement[] {
  return [
    ...writeServiceState(stack),
    { sid: 'Describe', actions: DESCRIBE_ACTIONS, resources: ['*'] },
    {
      sid: 'LookAtImagesAndKeepReleased',
      actions: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:DescribeImageScanFindings', 'ecr:PutImage'],
      resources: [stack.arns.repository],
    },
    ...changeService(stack),
    ...moveTraffic(stack),
    ...smokeFromInside(stack),
    ...changeLoadBalancer(stack),
    ...changeObservability(stack),
    ...passRoles(stack),
    { sid: 'NeverReadSecrets', effect: 'Deny', actions: ['secretsmanager:GetSecretValue'], resources: ['*'] },
  ];
}

function pushImages({ arns }: AwsStack): Statement[] {
  return [
    { sid: 'LogInToRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      sid: 'PushImages',
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:DescribeImageScanFindings',
        'ecr:GetDownloadUrlForLayer',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: [arns.repository],
    },
  ];
}

function changeService({ arns, names }: AwsStack): Statement[] {
  return [
    {
      sid: 'ChangeService',
      actions: [
        'ecs:CreateCluster',
        'ecs:CreateService',
        'ecs:DeleteCluster',
        'ecs:DeleteService',
        'ecs:PutClusterCapacityProviders',
        'ecs:TagResource',
        'ecs:UntagResource',
        'ecs:UpdateCluster',
        'ecs:UpdateClusterSettings',
        'ecs:UpdateService',
      ],
      resources: [
        arns.cluster,
        arns.service,
        // Tags are set at registration, when the revision's number is not known yet.
        arns.regional('ecs', `task-definition/${names.taskFamily}:*`),
      ],
    },
    {
      sid: 'ReviseTaskDefinition',
      actions: ['ecs:RegisterTaskDefinition'],
      resources: [arns.regional('ecs', `task-definition/${names.taskFamily}:*`)],
    },
    {
      sid: 'ScaleService',
      actions: [
        'application-autoscaling:DeleteScalingPolicy',
        'application-autoscaling:DeleteScheduledAction',
        'application-autoscaling:DeregisterScalableTarget',
        'application-autoscaling:PutScalingPolicy',
        'application-autoscaling:PutScheduledAction',
        'application-autoscaling:RegisterScalableTarget',
        'application-autoscaling:TagResource',
        'application-autoscaling:UntagResource',
      ],
      resources: [arns.regional('application-autoscaling', 'scalable-target/*')],
    },
  ];
}

/** Takes a release back while ECS moves traffic to it, and the rules that ECS moves it with. */
function moveTraffic({ arns, names, settings }: AwsStack): Statement[] {
  if (!movesTraffic(settings)) return [];
  return [
    {
      sid: 'StopServiceDeployment',
      actions: ['ecs:StopServiceDeployment'],
      resources: [arns.regional('ecs', `service-deployment/${names.cluster}/${names.service}/*`)],
    },
    {
      sid: 'ChangeListenerRules',
      actions: [
        'elasticloadbalancing:AddTags',
        'elasticloadbalancing:CreateRule',
        'elasticloadbalancing:DeleteRule',
        'elasticloadbalancing:ModifyRule',
        'elasticloadbalancing:RemoveTags',
        'elasticloadbalancing:SetRulePriorities',
      ],
      resources: [
        arns.regional('elasticloadbalancing', `listener/app/${names.loadBalancer}/*`),
        arns.regional('elasticloadbalancing', `listener-rule/app/${names.loadBalancer}/*`),
      ],
    },
  ];
}

/**
 * Places the smoke call from a task of its own. What it runs there has the bot's rights and secrets, which registering a
 * task definition for the service has already given.
 */
function smokeFromInside({ arns, names, settings }: AwsStack): Statement[] {
  if (!isSmokedFromInside(settings)) return [];
  const conditions = { ArnEquals: { 'ecs:cluster': arns.cluster } };
  return [
    {
      sid: 'RunSmokeCall',
      actions: ['ecs:RunTask'],
      resources: [arns.regional('ecs', `task-definition/${names.taskFamily}:*`)],
      conditions,
    },
    { sid: 'EndSmokeCall', actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [arns.tasks], conditions },
  ];
}

function changeLoadBalancer({ arns, names, settings }: AwsStack): Statement[] {
  return [
    {
      sid: 'ChangeLoadBalancer',
      actions: [
        'elasticloadbalancing:AddTags',
        'elasticloadbalancing:CreateListener',
        'elasticloadbalancing:CreateLoadBalancer',
        'elasticloadbalancing:CreateTargetGroup',
        'elasticloadbalancing:DeleteListener',
        'elasticloadbalancing:DeleteLoadBalancer',
        'elasticloadbalancing:DeleteTargetGroup',
        'elasticloadbalancing:ModifyListener',
        'elasticloadbalancing:ModifyListenerAttributes',
        'elasticloadbalancing:ModifyLoadBalancerAttributes',
        'elasticloadbalancing:ModifyTargetGroup',
        'elasticloadbalancing:ModifyTargetGroupAttributes',
        'elasticloadbalancing:RemoveTags',
        'elasticloadbalancing:SetSecurityGroups',
        'elasticloadbalancing:SetSubnets',
        'elasticloadbalancing:SetWebACL',
      ],
      resources: [
        arns.regional('elasticloadbalancing', `loadbalancer/app/${names.loadBalancer}/*`),
        arns.regional('elasticloadbalancing', `listener/app/${names.loadBalancer}/*`),
        ...[names.targetGroup, ...(movesTraffic(settings) ? [names.nextTargetGroup] : [])].map((name) =>
          arns.regional('elasticloadbalancing', `targetgroup/${name}/*`),
        ),
      ],
    },
    {
      sid: 'AttachFirewall',
      // WAF's own rights, and those of the load balancer that they depend on since 2026 (service authorization reference).
      actions: [
        'elasticloadbalancing:CreateWebACLAssociation',
        'elasticloadbalancing:DeleteWebACLAssociation',
        'wafv2:AssociateWebACL',
        'wafv2:DisassociateWebACL',
      ],
      resources: [
        arns.regional('wafv2', `regional/webacl/${names.base}/*`),
        arns.regional('elasticloadbalancing', `loadbalancer/app/${names.loadBalancer}/*`),
      ],
    },
    ...(settings.domain?.hostedZoneId === undefined
      ? []
      : [
          {
            sid: 'ChangeAlias',
            actions: ['route53:ChangeResourceRecordSets'],
            resources: [`arn:${arns.partition}:route53:::hostedzone/${settings.domain.hostedZoneId}`],
            conditions: {
              'ForAllValues:StringEquals': {
                'route53:ChangeResourceRecordSetsNormalizedRecordNames': settings.domain.name,
                'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'],
              },
            },
          },
        ]),
  ];
}

function changeObservability({ arns, names, settings }: AwsStack): Statement[] {
  return [
    {
      sid: 'ChangeAlarms',
      actions: [
        'cloudwatch:DeleteAlarms',
        'cloudwatch:DeleteDashboards',
        'cloudwatch:PutDashboard',
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:TagResource',
        'cloudwatch:UntagResource',
        'sns:CreateTopic',
        'sns:DeleteTopic',
        'sns:SetTopicAttributes',
        'sns:Subscribe',
        'sns:TagResource',
        'sns:UntagResource',
      ],
      resources: [
        arns.regional('cloudwatch', `alarm:${names.base}-*`),
        // Target tracking makes its alarms with the rights of whoever sets the policy.
        arns.regional('cloudwatch', `alarm:TargetTracking-service/${names.cluster}/${names.service}-*`),
        `arn:${arns.partition}:cloudwatch::${settings.accountId}:dashboard/${names.dashboard}`,
        arns.regional('sns', names.topic),
      ],
    },
    {
      sid: 'ChangeSubscriptions',
      // IAM has no resource type for subscriptions.
      actions: ['sns:SetSubscriptionAttributes', 'sns:Unsubscribe'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': settings.region } },
    },
    {
      sid: 'ChangeMetricFilters',
      actions: ['logs:DeleteMetricFilter', 'logs:PutMetricFilter'],
      resources: [arns.logGroup(names.logGroup), `${arns.logGroup(names.logGroup)}:*`],
    },
    {
      sid: 'ChangeSavedQueries',
      // IAM has no resource type for saved queries.
      actions: ['logs:DeleteQueryDefinition', 'logs:PutQueryDefinition'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': settings.region } },
    },
    {
      sid: 'ChangeReactions',
      actions: [
        'events:DeleteRule',
        'events:PutRule',
        'events:PutTargets',
        'events:RemoveTargets',
        'events:TagResource',
        'events:UntagResource',
        'states:CreateStateMachine',
        'states:DeleteStateMachine',
        'states:TagResource',
        'states:UntagResource',
        'states:UpdateStateMachine',
      ],
      resources: [arns.regional('events', `rule/${names.base}-*`), arns.restartMachine, arns.notifyMachine],
    },
  ];
}

/** Passes the foundation's roles to the services that use them: each role to its own service only. */
function passRoles({ arns, names, settings }: AwsStack): Statement[] {
  const { execution, task, restart, notify, trigger, traffic } = names.roles;
  const pass = (sid: string, roles: readonly string[], service: string): Statement => ({
    sid,
    actions: ['iam:PassRole'],
    resources: roles.map((name) => arns.role(name)),
    conditions: { StringEquals: { 'iam:PassedToService': service } },
  });
  return [
    pass('PassRolesToTasks', [execution, task], 'ecs-tasks.amazonaws.com'),
    pass('PassRolesToMachines', [restart, notify], 'states.amazonaws.com'),
    pass('PassRoleToRules', [trigger], 'events.amazonaws.com'),
    ...(movesTraffic(settings) ? [pass('PassRoleToEcs', [traffic], 'ecs.amazonaws.com')] : []),
  ];
}
