import { isSmokedFromInside } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';
import { type QuotaId, readQuota } from '../aws/service-quotas';
import type { CliIo } from '../cli/context';
import { type Finding, unknownFinding } from '../cli/report';
import { type UsageKind, usedByOthers } from './quota-usage';

/** A limit of a fresh account that a deployment may meet, and what of it these settings need at most. */
interface Need extends QuotaId {
  readonly what: string;
  readonly needed: number;
  /** Undefined: it is counted by something that is made anew, as by security group. */
  readonly usage?: UsageKind;
}

const CPU_UNITS_PER_VCPU = 1_024;

/** Codes as Service Quotas lists them (docs.aws.amazon.com/general/latest/gr, the pages of each service). */
export function needsOf(settings: Settings): Need[] {
  const { task, counts, network, loadBalancer, domain } = settings;
  const tasks = Math.max(counts.max, ...counts.schedule.map(({ max }) => max));
  // While tasks are replaced, there are twice as many.
  const vcpus = (2 * tasks * task.cpu) / CPU_UNITS_PER_VCPU;
  const gateways = network.kind === 'new' ? (network.nat === 'single' ? 1 : network.availabilityZones) : 0;
  const all: Need[] = [
    {
      service: 'fargate',
      code: task.spot ? 'L-36FBB829' : 'L-3032A538',
      what: task.spot ? 'vCPUs of Fargate Spot' : 'vCPUs of Fargate',
      needed: vcpus,
      usage: task.spot ? 'fargateSpot' : 'fargate',
    },
    { service: 'vpc', code: 'L-F678F1CE', what: 'VPCs', needed: network.kind === 'new' ? 1 : 0, usage: 'vpcs' },
    { service: 'ec2', code: 'L-0263D0A3', what: 'Elastic IP addresses', needed: gateways, usage: 'addresses' },
    {
      service: 'vpc',
      code: 'L-FE5A380F',
      what: 'NAT gateways of a zone',
      needed: Math.min(gateways, 1),
      usage: 'natGateways',
    },
    {
      service: 'vpc',
      code: 'L-0EA8095F',
      what: 'rules of a security group',
      needed: loadBalancer.allowedCidrs.length * (domain === undefined ? 1 : 2) + Number(isSmokedFromInside(settings)),
    },
    {
      service: 'elasticloadbalancing',
      code: 'L-53DA6B97',
      what: 'Application Load Balancers',
      needed: 1,
      usage: 'loadBalancers',
    },
  ];
  return all.filter(({ needed }) => needed > 0);
}

/** Whether the account's limits leave room beside what others use of them, as far as both can be asked. */
export async function checkQuotas(aws: Aws, settings: Settings, io: Pick<CliIo, 'env' | 'signal'>): Promise<Finding[]> {
  const found = await Promise.all(needsOf(settings).map((need) => checkQuota(aws, need, settings, io)));
  const unknown = found.filter(({ status }) => status === 'unknown');
  const [first] = unknown;
  // Every time the same reason is one.
  if (first !== undefined && unknown.length === found.length) return [{ ...first, subject: 'quotas' }];
  return found;
}

async function checkQuota(
  aws: Aws,
  need: Need,
  settings: Settings,
  io: Pick<CliIo, 'env' | 'signal'>,
): Promise<Finding> {
  const { what, needed, service, code } = need;
  const subject = `quota: ${what}`;
  const asked = { action: 'servicequotas:GetServiceQuota', resource: '*', what: 'the quotas' };
  try {
    // AWS's own applies where nobody has asked for another.
    const limit =
      (await aws.find(asked, ['NoSuchResourceException'], () => readQuota(aws, need, io))) ??
      (await aws.find(
        { ...asked, action: 'servicequotas:GetAWSDefaultServiceQuota' },
        ['NoSuchResourceException'],
        () => readQuota(aws, need, io, 'GetAWSDefaultServiceQuota'),
      ));
    if (limit === undefined)
      return { status: 'unknown', subject, text: 'not known, because Service Quotas does not list it' };
    const used = await usageOf(aws, need, settings, io);
    const isKnown = typeof used === 'number';
    const left = Math.max(0, limit - (isKnown ? used : 0));
    const text = isKnown
      ? `needs ${needed}, ${left} of ${limit} left`
      : `needs ${needed} of ${limit}; what is in use is ${used.text}`;
    if (left >= needed) return { status: 'ok', subject, text };
    const wanted = Math.ceil(limit - left + needed);
    const fix = `aws service-quotas request-service-quota-increase --region ${aws.region} --service-code ${service} --quota-code ${code} --desired-value ${wanted}`;
    return { status: 'warning', subject, text, fix };
  } catch (error) {
    return unknownFinding(subject, error);
  }
}

/** What others use of a limit, or why that is not known, which keeps nobody from comparing the limit itself. */
async function usageOf(
  aws: Aws,
  { usage, what }: Need,
  settings: Settings,
  io: Pick<CliIo, 'env' | 'signal'>,
): Promise<number | Finding> {
  if (usage === undefined) return 0;
  try {
    return await usedByOthers(aws, usage, settings, io);
  } catch (error) {
    return unknownFinding(what, error);
  }
}
