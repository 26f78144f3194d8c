import type { AwsStack } from '../aws-stack';
import type { Statement } from '../policies';
import { readState } from './state-access';

/** Read-only calls; many support no resource-level permissions, and none returns a secret's value. */
export const DESCRIBE_ACTIONS: readonly string[] = [
  'acm:DescribeCertificate',
  'acm:ListTagsForCertificate',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'application-autoscaling:ListTagsForResource',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetDashboard',
  'cloudwatch:ListTagsForResource',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcs',
  'ecs:DescribeClusters',
  'ecs:DescribeServiceDeployments',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'ecs:ListServiceDeployments',
  'ecs:ListTagsForResource',
  'elasticloadbalancing:DescribeListenerAttributes',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTags',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'elasticloadbalancing:GetLoadBalancerWebACL',
  'events:DescribeRule',
  'events:ListTagsForResource',
  'events:ListTargetsByRule',
  'logs:DescribeLogGroups',
  'logs:DescribeMetricFilters',
  'logs:DescribeQueryDefinitions',
  'logs:ListTagsForResource',
  'route53:GetChange',
  'route53:GetHostedZone',
  'route53:ListHostedZones',
  'route53:ListResourceRecordSets',
  'route53:ListTagsForResource',
  'sns:GetSubscriptionAttributes',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:ListTagsForResource',
  'states:DescribeStateMachine',
  'states:ListStateMachineVersions',
  'states:ListTagsForResource',
  'states:ValidateStateMachineDefinition',
  'wafv2:GetLoggingConfiguration',
  'wafv2:GetWebACL',
  'wafv2:GetWebACLForResource',
  'wafv2:ListTagsForResource',
];

/** What planning the foundation reads in addition; the deploy role does not need it. */
const DESCRIBE_FOUNDATION: readonly string[] = [
  'cloudtrail:DescribeTrails',
  'cloudtrail:GetEventSelectors',
  'cloudtrail:GetTrail',
  'cloudtrail:GetTrailStatus',
  'cloudtrail:ListTags',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:DescribeTable',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:ListTagsOfResource',
  'ec2:DescribeAddresses',
  'ec2:DescribeAddressesAttribute',
  'ec2:DescribeFlowLogs',
  'ec2:DescribeInternetGateways',
  'ec2:DescribeNatGateways',
  'ec2:DescribePrefixLists',
  'ec2:DescribeRouteTables',
  'ec2:DescribeVpcEndpoints',
  'ecr:DescribeRepositories',
  'ecr:GetLifecyclePolicy',
  'ecr:ListTagsForResource',
  'events:DescribeEventBus',
  'iam:GetOpenIDConnectProvider',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:ListOpenIDConnectProviders',
  'iam:ListRolePolicies',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListResourceTags',
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetResourcePolicy',
  'sqs:GetQueueAttributes',
  'sqs:ListQueueTags',
];

/** Settings of the environment's own buckets. */
const DESCRIBE_BUCKET: readonly string[] = [
  's3:GetAccelerateConfiguration',
  's3:GetBucketAcl',
  's3:GetBucketCORS',
  's3:GetBucketLogging',
  's3:GetBucketObjectLockConfiguration',
  's3:GetBucketOwnershipControls',
  's3:GetBucketPolicy',
  's3:GetBucketPublicAccessBlock',
  's3:GetBucketRequestPayment',
  's3:GetBucketTagging',
  's3:GetBucketVersioning',
  's3:GetBucketWebsite',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetReplicationConfiguration',
  's3:ListBucket',
];

/** The table of records and the queries over it, without what a query found. */
function describeQueries({ arns, settings }: AwsStack): Statement[] {
  if (!settings.records.analytics) return [];
  return [
    {
      sid: 'DescribeQueries',
      actions: ['athena:GetNamedQuery', 'athena:GetWorkGroup', 'athena:ListTagsForResource'],
      resources: [arns.recordsWorkgroup],
    },
    {
      sid: 'DescribeTableOfRecords',
      actions: ['glue:GetDatabase', 'glue:GetPartitionIndexes', 'glue:GetTable', 'glue:GetTags'],
      resources: arns.recordsTable,
    },
  ];
}

/** Planning foundation and service (with `-lock=false`, because taking the lock is a write). */
export function planStatements(stack: AwsStack): Statement[] {
  const { arns, names } = stack;
  return [
    ...readState(stack, ['foundation', 'service']),
    { sid: 'Describe', actions: [...DESCRIBE_ACTIONS, ...DESCRIBE_FOUNDATION], resources: ['*'] },
    {
      sid: 'DescribeOwnBuckets',
      actions: DESCRIBE_BUCKET,
      resources: [names.accessLogBucket, names.trailBucket, names.recordsBucket].map((name) => arns.bucket(name)),
    },
    ...describeQueries(stack),
    { sid: 'NeverReadSecrets', effect: 'Deny', actions: ['secretsmanager:GetSecretValue'], resources: ['*'] },
  ];
}
