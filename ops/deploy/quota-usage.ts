import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { APP, namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';
import { listAll, LISTINGS } from '../aws/listings';
import type { CliIo } from '../cli/context';
import { EcsService } from '../service/ecs-service';

/** How it is found what of a limit is in use. */
export type UsageKind = 'vpcs' | 'addresses' | 'natGateways' | 'loadBalancers' | 'fargate' | 'fargateSpot';
const LOOK_BACK_MS = 15 * 60_000;
const CPU_UNITS_PER_VCPU = 1_024;

/** What others than this environment use of a limit now. @throws OpsError; Interrupted */
export async function usedByOthers(
  aws: Aws,
  kind: UsageKind,
  settings: Settings,
  io: Pick<CliIo, 'env' | 'signal'>,
): Promise<number> {
  if (kind === 'fargate' || kind === 'fargateSpot') return vcpusOfOthers(aws, kind, settings);
  if (kind === 'natGateways') return gatewaysInFullestZone(aws, settings, io);
  const found = await list(aws, kind, io);
  const counted = kind === 'loadBalancers' ? found.filter((one) => one.includes('<Type>application</Type>')) : found;
  return counted.filter((one) => !isOurs(one, settings)).length;
}

function list(aws: Aws, kind: keyof typeof LISTINGS, io: Pick<CliIo, 'env' | 'signal'>): Promise<string[]> {
  const { service, action } = LISTINGS[kind];
  const asked = { action: `${service}:${action}`, resource: '*', what: 'what is in use' };
  return aws.read(asked, () => listAll(aws, LISTINGS[kind], io));
}

const textIn = (xml: string, element: string): string =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';

/** NAT gateways are limited by zone: of the zones that the settings name, or of all, the one that has most of others. */
async function gatewaysInFullestZone(aws: Aws, settings: Settings, io: Pick<CliIo, 'env' | 'signal'>): Promise<number> {
  const [gateways, subnets] = await Promise.all([list(aws, 'natGateways', io), list(aws, 'subnets', io)]);
  const zones = new Map(subnets.map((one) => [textIn(one, 'subnetId'), textIn(one, 'availabilityZoneId')]));
  const ours = settings.network.kind === 'new' ? settings.network.zoneIds : undefined;
  const counts = new Map<string, number>();
  for (const gateway of gateways) {
    // Those that are gone are listed for an hour.
    if (/^(?:deleted|failed)$/.test(textIn(gateway, 'state')) || isOurs(gateway, settings)) continue;
    const zone = zones.get(textIn(gateway, 'subnetId')) ?? '';
    if (ours?.includes(zone) ?? true) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/** By the tags that every resource of a stack has; a load balancer is listed without, and known by its name. */
function isOurs(xml: string, settings: Settings): boolean {
  const hasTag = (value: string): boolean => xml.includes(`<value>${value}</value>`);
  return (
    xml.includes(`<LoadBalancerName>${namesOf(settings).loadBalancer}</LoadBalancerName>`) ||
    (hasTag(APP) && hasTag(settings.environment))
  );
}

/** As ECS reports it to CloudWatch (docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html). */
async function vcpusOfOthers(aws: Aws, kind: 'fargate' | 'fargateSpot', settings: Settings): Promise<number> {
  const now = Date.now();
  const command = new GetMetricStatisticsCommand({
    Namespace: 'AWS/Usage',
    MetricName: 'ResourceCount',
    Dimensions: [
      { Name: 'Service', Value: 'Fargate' },
      { Name: 'Type', Value: 'Resource' },
      { Name: 'Resource', Value: 'vCPU' },
      { Name: 'Class', Value: kind === 'fargate' ? 'Standard/OnDemand' : 'Standard/Spot' },
    ],
    StartTime: new Date(now - LOOK_BACK_MS),
    EndTime: new Date(now),
    Period: 300,
    Statistics: ['Maximum'],
  });
  const asked = { action: 'cloudwatch:GetMetricStatistics', resource: '*', what: 'what is in use' };
  const client = aws.client(CloudWatchClient);
  const { Datapoints: points = [] } = await aws.read(asked, (options) => client.send(command, options));
  const used = Math.max(0, ...points.map(({ Maximum = 0 }) => Maximum));
  if (used === 0) return 0;
  const { runningCount = 0 } = (await new EcsService(aws, settings).describe()) ?? {};
  return Math.max(0, used - (runningCount * settings.task.cpu) / CPU_UNITS_PER_VCPU);
}
