import { asList, at, each, type Resource, type Rule } from './document';

const ANYWHERE = ['0.0.0.0/0', '::/0'];
/** The only ports that may be open to everybody. */
const PUBLIC_PORTS = [80, 443];
const RULES = ['aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'];

const ranges = ({ attributes }: Resource) => [attributes['cidr_ipv4'], attributes['cidr_ipv6']];
const isOpen = (resource: Resource) =>
  ranges(resource).some((range) => typeof range === 'string' && ANYWHERE.includes(range));

export const NETWORK_RULES: readonly Rule[] = [
  each(
    'open-ingress',
    'CKV_AWS_24, 25, 260, 277',
    ['aws_vpc_security_group_ingress_rule'],
    (resource, { mediaPort }) => {
      const { ip_protocol: protocol, from_port: from, to_port: to } = resource.attributes;
      if (!isOpen(resource)) return undefined;
      const isMedia = protocol === 'udp' && from === mediaPort;
      const isWeb = protocol === 'tcp' && PUBLIC_PORTS.includes(Number(from));
      return from === to && (isWeb || isMedia)
        ? undefined
        : 'is open to everybody on something other than TCP 80 or 443';
    },
  ),
  each('bounded-rules', 'CKV_AWS_382', RULES, ({ attributes }) => {
    const { ip_protocol: protocol, from_port: from, to_port: to } = attributes;
    if (protocol === '-1' || protocol === 'all') return 'allows every protocol';
    return Number(to) - Number(from) < 20_000 ? undefined : 'allows nearly every port';
  }),
  each('described-rules', 'CKV_AWS_23', [...RULES, 'aws_security_group'], ({ attributes }) =>
    typeof attributes['description'] === 'string' && attributes['description'] !== ''
      ? undefined
      : 'has no description',
  ),
  each('no-inline-rules', 'CKV_AWS_23', ['aws_security_group', 'aws_default_security_group'], ({ attributes }) =>
    attributes['ingress'] === undefined && attributes['egress'] === undefined
      ? undefined
      : 'has rules inline, where the other rules do not see them',
  ),
  each('no-loose-rules', 'CKV_AWS_23', ['aws_security_group_rule'], () => 'must be an ingress or egress rule resource'),
  each('private-subnets', 'EC2.15 / CKV_AWS_130', ['aws_subnet'], ({ attributes }) =>
    attributes['map_public_ip_on_launch'] === false ? undefined : 'gives public addresses by itself',
  ),
  each('flow-logs', 'EC2.6 / CKV2_AWS_11', ['aws_vpc'], (vpc, _context, document) =>
    document.refersTo('aws_flow_log', 'vpc_id', vpc) ? undefined : 'has no flow log',
  ),
  each('closed-default-group', 'EC2.2 / CKV2_AWS_12', ['aws_vpc'], (vpc, _context, document) =>
    document.refersTo('aws_default_security_group', 'vpc_id', vpc)
      ? undefined
      : 'leaves its default security group open',
  ),
  each('private-tasks', 'ECS.2, ECS.16 / CKV_AWS_333', ['aws_ecs_service'], ({ attributes }, { publicTasks }) =>
    publicTasks || at(attributes, 'network_configuration', 'assign_public_ip') === false
      ? undefined
      : 'gives its tasks public addresses',
  ),
  each('two-zones', 'ELB.13', ['aws_lb'], ({ attributes }) => {
    const subnets = asList(attributes['subnets']);
    // One reference may stand for a list of subnets.
    return subnets.length >= 2 || typeof attributes['subnets'] === 'string' ? undefined : 'is in fewer than two zones';
  }),
];
