import type { AwsApi } from '../../fakes/terraform';

type Service = Parameters<AwsApi['ask']>[0];
type Asked = Parameters<AwsApi['ask']>[2];
type Listed = Awaited<ReturnType<AwsApi['ask']>>;

interface Listing {
  readonly service: Service;
  readonly action: string;
  readonly body?: Asked;
  /** Where the list is in the answer, and each one's name in it; '' where it is the name itself. */
  readonly list: string;
  readonly name: string;
  /** What is there by itself, or only listed because it was. */
  readonly isOwn?: (one: Listed) => boolean;
}

const isNotDeleted = (one: Listed): boolean => !/^delet/.test(one.text('state') ?? '');

/** How to list what an account holds, by the resource type of Terraform's that makes it. */
const LISTINGS: Readonly<Record<string, Listing>> = {
  aws_vpc: { service: 'ec2', action: 'DescribeVpcs', list: 'vpcSet', name: 'vpcId' },
  aws_subnet: { service: 'ec2', action: 'DescribeSubnets', list: 'subnetSet', name: 'subnetId' },
  aws_security_group: {
    service: 'ec2',
    action: 'DescribeSecurityGroups',
    list: 'securityGroupInfo',
    name: 'groupId',
    isOwn: (one) => one.text('groupName') !== 'default',
  },
  aws_internet_gateway: {
    service: 'ec2',
    action: 'DescribeInternetGateways',
    list: 'internetGatewaySet',
    name: 'internetGatewayId',
  },
  aws_nat_gateway: {
    service: 'ec2',
    action: 'DescribeNatGateways',
    list: 'natGatewaySet',
    name: 'natGatewayId',
    isOwn: isNotDeleted,
  },
  aws_eip: { service: 'ec2', action: 'DescribeAddresses', list: 'addressesSet', name: 'allocationId' },
  aws_route_table: {
    service: 'ec2',
    action: 'DescribeRouteTables',
    list: 'routeTableSet',
    name: 'routeTableId',
    isOwn: (one) => !one.list('associationSet').some((association) => association.text('main') === 'true'),
  },
  aws_vpc_endpoint: {
    service: 'ec2',
    action: 'DescribeVpcEndpoints',
    list: 'vpcEndpointSet',
    name: 'vpcEndpointId',
    isOwn: isNotDeleted,
  },
  aws_flow_log: { service: 'ec2', action: 'DescribeFlowLogs', list: 'flowLogSet', name: 'flowLogId' },
  // Of a key that waits to be deleted nothing but its id is left.
  aws_kms_alias: { service: 'kms', action: 'ListAliases', list: 'Aliases', name: 'AliasName' },
  aws_secretsmanager_secret: { service: 'secretsmanager', action: 'ListSecrets', list: 'SecretList', name: 'Name' },
  aws_iam_role: { service: 'iam', action: 'ListRoles', list: 'Roles', name: 'RoleName' },
  aws_iam_openid_connect_provider: {
    service: 'iam',
    action: 'ListOpenIDConnectProviders',
    list: 'OpenIDConnectProviderList',
    name: 'Arn',
  },
  aws_s3_bucket: { service: 's3', action: 'GET /', list: 'Buckets.Bucket', name: 'Name' },
  aws_dynamodb_table: { service: 'dynamodb', action: 'ListTables', list: 'TableNames', name: '' },
  aws_sqs_queue: { service: 'sqs', action: 'ListQueues', list: 'QueueUrls', name: '' },
  aws_glue_catalog_database: { service: 'glue', action: 'GetDatabases', list: 'DatabaseList', name: 'Name' },
  aws_athena_workgroup: {
    service: 'athena',
    action: 'ListWorkGroups',
    list: 'WorkGroups',
    name: 'Name',
    isOwn: (one) => one.text('Name') !== 'primary',
  },
  aws_athena_named_query: { service: 'athena', action: 'ListNamedQueries', list: 'NamedQueryIds', name: '' },
  aws_ecr_repository: {
    service: 'ecr',
    action: 'DescribeRepositories',
    list: 'repositories',
    name: 'repositoryName',
  },
  aws_cloudwatch_log_group: { service: 'logs', action: 'DescribeLogGroups', list: 'logGroups', name: 'logGroupName' },
  aws_cloudwatch_query_definition: {
    service: 'logs',
    action: 'DescribeQueryDefinitions',
    list: 'queryDefinitions',
    name: 'name',
  },
  aws_cloudwatch_metric_alarm: {
    service: 'monitoring',
    action: 'DescribeAlarms',
    list: 'MetricAlarms',
    name: 'AlarmName',
    // Scaling makes alarms of its own, and removes them.
    isOwn: (one) => one.text('AlarmName')?.startsWith('TargetTracking-') !== true,
  },
  aws_cloudwatch_dashboard: {
    service: 'monitoring',
    action: 'ListDashboards',
    list: 'DashboardEntries',
    name: 'DashboardName',
  },
  aws_cloudwatch_event_bus: {
    service: 'events',
    action: 'ListEventBuses',
    list: 'EventBuses',
    name: 'Name',
    isOwn: (one) => one.text('Name') !== 'default',
  },
  aws_cloudwatch_event_rule: { service: 'events', action: 'ListRules', list: 'Rules', name: 'Name' },
  aws_sfn_state_machine: { service: 'states', action: 'ListStateMachines', list: 'stateMachines', name: 'name' },
  aws_sns_topic: { service: 'sns', action: 'ListTopics', list: 'Topics', name: 'TopicArn' },
  aws_cloudtrail: { service: 'cloudtrail', action: 'ListTrails', list: 'Trails', name: 'Name' },
  aws_ecs_cluster: {
    service: 'ecs',
    action: 'DescribeClusters',
    body: { clusters: ['pipecat-voice-agent-test'] },
    list: 'clusters',
    name: 'clusterName',
    isOwn: (one) => one.text('status') === 'ACTIVE',
  },
  aws_appautoscaling_target: {
    service: 'application-autoscaling',
    action: 'DescribeScalableTargets',
    body: { ServiceNamespace: 'ecs' },
    list: 'ScalableTargets',
    name: 'ResourceId',
  },
  aws_lb: {
    service: 'elasticloadbalancing',
    action: 'DescribeLoadBalancers',
    list: 'LoadBalancers',
    name: 'LoadBalancerName',
  },
  aws_lb_target_group: {
    service: 'elasticloadbalancing',
    action: 'DescribeTargetGroups',
    list: 'TargetGroups',
    name: 'TargetGroupName',
  },
  aws_wafv2_web_acl: {
    service: 'wafv2',
    action: 'ListWebACLs',
    body: { Scope: 'REGIONAL' },
    list: 'WebACLs',
    name: 'Name',
  },
};

/** What an account holds: names by the resource type that makes them. */
export type Inventory = ReadonlyMap<string, readonly string[]>;

/** Lists an account, as far as its resources can be listed by themselves. */
export async function inventoryOf(api: AwsApi): Promise<Inventory> {
  const listed = Object.entries(LISTINGS).map(async ([type, { service, action, body, list, name, isOwn }]) => {
    const all = (await api.ask(service, action, body)).list(list).filter((one) => isOwn?.(one) ?? true);
    return [type, all.map((one) => (name === '' ? String(one.value) : (one.text(name) ?? '?'))).sort()] as const;
  });
  return new Map(await Promise.all(listed));
}

/** `type name` of what is in `now` and not in `before`. */
export function added(before: Inventory, now: Inventory): string[] {
  return [...now].flatMap(([type, names]) =>
    names.filter((name) => !(before.get(type) ?? []).includes(name)).map((name) => `${type} ${name}`),
  );
}
