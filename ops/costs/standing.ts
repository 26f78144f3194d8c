import { priceOf, type PriceList } from './prices';

export const HOURS = 730;

/** A resource as the stacks emit it. */
export interface Emitted {
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** One line of a bill. */
export interface BillLine {
  readonly what: string;
  readonly usd: number;
}

type Pricing = (attributes: Emitted['attributes'], price: (name: string) => number) => number;

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** What a month of each costs by itself, without a call. */
const PRICED: Readonly<Record<string, readonly [what: string, pricing: Pricing]>> = {
  aws_cloudwatch_dashboard: ['dashboard', (_, price) => price('dashboard')],
  aws_cloudwatch_log_metric_filter: ['counted metrics', (_, price) => price('customMetric')],
  // An alarm on a calculation is billed for each metric in it.
  aws_cloudwatch_metric_alarm: [
    'alarms',
    ({ metric_query: query }, price) => Math.max(1, lengthOf(query) - 1) * price('alarm'),
  ],
  aws_ecs_cluster: ['Container Insights', (_, price) => price('insightsMetric') * INSIGHTS_METRICS],
  aws_eip: ['public addresses', (_, price) => HOURS * price('addressHour')],
  aws_kms_key: ['keys', (_, price) => price('kmsKey')],
  aws_lb: [
    'load balancer',
    ({ internal, subnets }, price) =>
      HOURS * (price('albHour') + price('lcuHour')) +
      (internal === true ? 0 : Math.max(2, lengthOf(subnets)) * HOURS * price('addressHour')),
  ],
  aws_nat_gateway: ['NAT gateways', (_, price) => HOURS * price('natHour')],
  aws_secretsmanager_secret: ['secrets', (_, price) => price('secret')],
  aws_vpc_endpoint: [
    'interface endpoints',
    ({ vpc_endpoint_type: kind, subnet_ids: subnets }, price) =>
      kind === 'Interface' ? lengthOf(subnets) * HOURS * price('endpointHour') : 0,
  ],
  aws_wafv2_web_acl: ['firewall', ({ rule }, price) => price('webAcl') + lengthOf(rule) * price('webAclRule')],
};

/** Metrics of a cluster with one service and one task under enhanced Container Insights, about. */
const INSIGHTS_METRICS = 60;

/** What costs nothing by itself, or only by what goes through it, which is cents at the scale of calls. */
const FREE =
  /^aws_(acm|appautoscaling|athena|cloudtrail|cloudwatch_(event|log_group|query)|default_security_group|dynamodb_table|ecr|ecs_(cluster_capacity|service|task)|flow_log|glue_catalog|iam|internet_gateway|kms_alias|lb_|route|s3|secretsmanager_secret_policy|security_group|sfn|sns|sqs|subnet|vpc$|vpc_security|wafv2_web_acl_)/;

/**
 * What an environment costs in a month in which nobody calls, without its tasks, from what its stacks emit.
 * @throws Error for a type of resource that is neither priced nor known to be free, so that none is forgotten
 */
export function standingCosts(resources: readonly Emitted[], list: PriceList): BillLine[] {
  const sums = new Map<string, { count: number; usd: number }>();
  for (const { type, attributes } of resources) {
    const priced = PRICED[type];
    if (priced === undefined) {
      if (FREE.test(type)) continue;
      throw new Error(`${type} has no price in ops/costs/standing.ts, and is not listed there as free`);
    }
    const [what, pricing] = priced;
    const usd = pricing(attributes, (name) => priceOf(list, name));
    if (usd === 0) continue;
    const sum = sums.get(what) ?? { count: 0, usd: 0 };
    sums.set(what, { count: sum.count + 1, usd: sum.usd + usd });
  }
  return [...sums]
    .map(([what, { count, usd }]) => ({ what: count === 1 ? what : `${what} (${count})`, usd }))
    .sort((a, b) => b.usd - a.usd);
}
