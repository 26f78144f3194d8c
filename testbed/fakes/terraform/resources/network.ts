import type { Answer } from './api';
import type { Attributes } from './attributes';
import type { Body } from './body';
import { call, type ResourceEntry, there } from './entry';

const byId = (parameter: string) => (of: Attributes) => ({ [parameter]: [of.must('id')] });
const one = (path: string) => (answer: Answer) => (answer.list(path).length > 0 ? there() : undefined);

/** Of things that stay listed after they are gone. */
const oneThatIs = (path: string, state: string) => (answer: Answer) => {
  const [found] = answer.list(path);
  return found === undefined || /^delet/.test(found.text(state) ?? '') ? undefined : there();
};

const dnsSetting = (attribute: string, parameter: string) =>
  call('ModifyVpcAttribute', (of) => ({ VpcId: of.must('id'), [parameter]: { Value: of.flag(attribute) ?? false } }));

function permission(of: Attributes): Body {
  const range = of.text('cidr_ipv4');
  const group = of.text('referenced_security_group_id');
  const prefixList = of.text('prefix_list_id');
  const Description = of.text('description');
  return {
    IpProtocol: of.text('ip_protocol'),
    FromPort: of.number('from_port'),
    ToPort: of.number('to_port'),
    IpRanges: range === undefined ? undefined : [{ CidrIp: range, Description }],
    Groups: group === undefined ? undefined : [{ GroupId: group, Description }],
    PrefixListIds: prefixList === undefined ? undefined : [{ PrefixListId: prefixList, Description }],
  };
}

function securityGroupRule(direction: 'Ingress' | 'Egress'): ResourceEntry {
  return {
    service: 'ec2',
    create: [
      call(`AuthorizeSecurityGroup${direction}`, (of) => ({
        GroupId: of.must('security_group_id'),
        IpPermissions: [permission(of)],
      })),
    ],
    made: (answer, _of, api) => {
      const id = answer.text('securityGroupRuleSet.0.securityGroupRuleId');
      return { id, security_group_rule_id: id, arn: api.arn('ec2', `security-group-rule/${id ?? ''}`) };
    },
    read: call('DescribeSecurityGroupRules', byId('SecurityGroupRuleId')),
    found: (answer, of) => {
      const rule = answer
        .list('securityGroupRuleSet')
        .find((found) => found.text('securityGroupRuleId') === of.text('id'));
      return rule === undefined
        ? undefined
        : { cidr_ipv4: rule.text('cidrIpv4'), from_port: port(rule, 'fromPort'), to_port: port(rule, 'toPort') };
    },
    update: [
      call('ModifySecurityGroupRules', (of) => ({
        GroupId: of.must('security_group_id'),
        SecurityGroupRule: [
          {
            SecurityGroupRuleId: of.must('id'),
            SecurityGroupRule: {
              IpProtocol: of.text('ip_protocol'),
              FromPort: of.number('from_port'),
              ToPort: of.number('to_port'),
              CidrIpv4: of.text('cidr_ipv4'),
              ReferencedGroupId: of.text('referenced_security_group_id'),
              Description: of.text('description'),
            },
          },
        ],
      })),
    ],
    destroy: [
      call(`RevokeSecurityGroup${direction}`, (of) => ({
        GroupId: of.must('security_group_id'),
        SecurityGroupRuleId: [of.must('id')],
      })),
    ],
  };
}

/** Undefined where a rule is for all ports. */
function port(rule: Answer, name: string): number | undefined {
  const text = rule.text(name);
  return text === undefined || text === '-1' ? undefined : Number(text);
}

const routeTable = (of: Attributes) => ({ RouteTableId: [of.must('route_table_id')] });
const ALL_EGRESS = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];

/** EC2's networks. */
export const NETWORK: Readonly<Record<string, ResourceEntry>> = {
  aws_vpc: {
    service: 'ec2',
    create: [call('CreateVpc', (of) => ({ CidrBlock: of.must('cidr_block') }))],
    made: (answer, _of, api) => {
      const id = answer.text('vpc.vpcId');
      return { id, arn: api.arn('ec2', `vpc/${id ?? ''}`), owner_id: api.accountId };
    },
    settings: [
      dnsSetting('enable_dns_support', 'EnableDnsSupport'),
      dnsSetting('enable_dns_hostnames', 'EnableDnsHostnames'),
    ],
    read: call('DescribeVpcs', byId('VpcId')),
    found: (answer) => {
      const cidr = answer.text('vpcSet.0.cidrBlock');
      return cidr === undefined ? undefined : { cidr_block: cidr };
    },
    destroy: [call('DeleteVpc', (of) => ({ VpcId: of.must('id') }))],
  },
  aws_subnet: {
    service: 'ec2',
    create: [
      call('CreateSubnet', (of) => ({
        VpcId: of.must('vpc_id'),
        CidrBlock: of.must('cidr_block'),
        AvailabilityZone: of.text('availability_zone'),
        AvailabilityZoneId: of.text('availability_zone') === undefined ? of.text('availability_zone_id') : undefined,
      })),
    ],
    made: (answer, _of, api) => {
      const id = answer.text('subnet.subnetId');
      return {
        id,
        arn: api.arn('ec2', `subnet/${id ?? ''}`),
        availability_zone: answer.text('subnet.availabilityZone'),
        availability_zone_id: answer.text('subnet.availabilityZoneId'),
      };
    },
    settings: [
      call('ModifySubnetAttribute', (of) => ({
        SubnetId: of.must('id'),
        MapPublicIpOnLaunch: { Value: of.flag('map_public_ip_on_launch') ?? false },
      })),
    ],
    read: call('DescribeSubnets', byId('SubnetId')),
    found: (answer) => {
      const [subnet] = answer.list('subnetSet');
      return subnet && { map_public_ip_on_launch: subnet.text('mapPublicIpOnLaunch') === 'true' };
    },
    destroy: [call('DeleteSubnet', (of) => ({ SubnetId: of.must('id') }))],
  },
  aws_internet_gateway: {
    service: 'ec2',
    create: [
      call('CreateInternetGateway'),
      call('AttachInternetGateway', (of) => ({ InternetGatewayId: of.must('id'), VpcId: of.must('vpc_id') })),
    ],
    made: (answer) => ({ id: answer.text('internetGateway.internetGatewayId') }),
    read: call('DescribeInternetGateways', byId('InternetGatewayId')),
    found: (answer) => {
      const [gateway] = answer.list('internetGatewaySet');
      return gateway && { vpc_id: gateway.text('attachmentSet.0.vpcId') };
    },
    destroy: [
      call('DetachInternetGateway', (of) => ({ InternetGatewayId: of.must('id'), VpcId: of.must('vpc_id') })),
      call('DeleteInternetGateway', (of) => ({ InternetGatewayId: of.must('id') })),
    ],
  },
  aws_eip: {
    service: 'ec2',
    create: [call('AllocateAddress', () => ({ Domain: 'vpc' }))],
    made: (answer) => {
      const id = answer.text('allocationId');
      return { id, allocation_id: id, public_ip: answer.text('publicIp') };
    },
    read: call('DescribeAddresses', byId('AllocationId')),
    found: one('addressesSet'),
    destroy: [call('ReleaseAddress', (of) => ({ AllocationId: of.must('id') }))],
  },
  aws_nat_gateway: {
    service: 'ec2',
    create: [
      call('CreateNatGateway', (of) => ({ SubnetId: of.must('subnet_id'), AllocationId: of.text('allocation_id') })),
    ],
    made: (answer) => ({ id: answer.text('natGateway.natGatewayId') }),
    read: call('DescribeNatGateways', byId('NatGatewayId')),
    found: oneThatIs('natGatewaySet', 'state'),
    destroy: [call('DeleteNatGateway', (of) => ({ NatGatewayId: of.must('id') }))],
  },
  aws_route_table: {
    service: 'ec2',
    create: [call('CreateRouteTable', (of) => ({ VpcId: of.must('vpc_id') }))],
    made: (answer) => ({ id: answer.text('routeTable.routeTableId') }),
    read: call('DescribeRouteTables', byId('RouteTableId')),
    found: one('routeTableSet'),
    destroy: [call('DeleteRouteTable', (of) => ({ RouteTableId: of.must('id') }))],
  },
  aws_route: {
    service: 'ec2',
    create: [
      call('CreateRoute', (of) => ({
        RouteTableId: of.must('route_table_id'),
        DestinationCidrBlock: of.must('destination_cidr_block'),
        GatewayId: of.text('gateway_id'),
        NatGatewayId: of.text('nat_gateway_id'),
      })),
    ],
    made: (_answer, of) => ({ id: `r-${of.must('route_table_id')}-${of.must('destination_cidr_block')}` }),
    read: call('DescribeRouteTables', routeTable),
    found: (answer, of) =>
      answer
        .list('routeTableSet.0.routeSet')
        .some((route) => route.text('destinationCidrBlock') === of.text('destination_cidr_block'))
        ? there()
        : undefined,
    update: [
      call('ReplaceRoute', (of) => ({
        RouteTableId: of.must('route_table_id'),
        DestinationCidrBlock: of.must('destination_cidr_block'),
        GatewayId: of.text('gateway_id'),
        NatGatewayId: of.text('nat_gateway_id'),
      })),
    ],
    destroy: [
      call('DeleteRoute', (of) => ({
        RouteTableId: of.must('route_table_id'),
        DestinationCidrBlock: of.must('destination_cidr_block'),
      })),
    ],
  },
  aws_route_table_association: {
    service: 'ec2',
    create: [
      call('AssociateRouteTable', (of) => ({
        RouteTableId: of.must('route_table_id'),
        SubnetId: of.must('subnet_id'),
      })),
    ],
    made: (answer) => ({ id: answer.text('associationId') }),
    read: call('DescribeRouteTables', routeTable),
    found: (answer, of) =>
      answer
        .list('routeTableSet.0.associationSet')
        .some((association) => association.text('routeTableAssociationId') === of.text('id'))
        ? there()
        : undefined,
    destroy: [call('DisassociateRouteTable', (of) => ({ AssociationId: of.must('id') }))],
  },
  aws_security_group: {
    service: 'ec2',
    create: [
      call('CreateSecurityGroup', (of) => ({
        GroupName: of.must('name'),
        GroupDescription: of.must('description'),
        VpcId: of.must('vpc_id'),
      })),
      call('RevokeSecurityGroupEgress', (of) => ({ GroupId: of.must('id'), IpPermissions: ALL_EGRESS })),
    ],
    made: (answer, _of, api) => {
      const id = answer.text('groupId');
      return { id, arn: api.arn('ec2', `security-group/${id ?? ''}`), owner_id: api.accountId };
    },
    read: call('DescribeSecurityGroups', byId('GroupId')),
    found: one('securityGroupInfo'),
    destroy: [call('DeleteSecurityGroup', (of) => ({ GroupId: of.must('id') }))],
  },
  aws_default_security_group: {
    service: 'ec2',
    // The VPC has it; what it allows is taken away.
    create: [
      call('DescribeSecurityGroups', (of) => ({
        Filter: [
          { Name: 'vpc-id', Value: [of.must('vpc_id')] },
          { Name: 'group-name', Value: ['default'] },
        ],
      })),
      call('RevokeSecurityGroupEgress', (of) => ({ GroupId: of.must('id'), IpPermissions: ALL_EGRESS })),
    ],
    made: (answer) => ({ id: answer.text('securityGroupInfo.0.groupId') }),
    read: call('DescribeSecurityGroups', byId('GroupId')),
    found: one('securityGroupInfo'),
  },
  aws_vpc_security_group_ingress_rule: securityGroupRule('Ingress'),
  aws_vpc_security_group_egress_rule: securityGroupRule('Egress'),
  aws_flow_log: {
    service: 'ec2',
    create: [
      call('CreateFlowLogs', (of) => ({
        ResourceType: 'VPC',
        ResourceId: [of.must('vpc_id')],
        TrafficType: of.text('traffic_type'),
        LogDestinationType: of.text('log_destination_type'),
        // The API knows a group by its name where it is one.
        LogGroupName: of.must('log_destination').split(':').at(-1),
        DeliverLogsPermissionArn: of.text('iam_role_arn'),
        MaxAggregationInterval: of.number('max_aggregation_interval'),
      })),
    ],
    made: (answer, _of, api) => {
      const id = answer.text('flowLogIdSet.0');
      return { id, arn: api.arn('ec2', `vpc-flow-log/${id ?? ''}`) };
    },
    read: call('DescribeFlowLogs', byId('FlowLogId')),
    found: one('flowLogSet'),
    destroy: [call('DeleteFlowLogs', byId('FlowLogId'))],
  },
  aws_vpc_endpoint: {
    service: 'ec2',
    create: [
      call('CreateVpcEndpoint', (of) => ({
        VpcId: of.must('vpc_id'),
        ServiceName: of.must('service_name'),
        VpcEndpointType: of.text('vpc_endpoint_type'),
        PolicyDocument: of.text('policy'),
        RouteTableId: of.texts('route_table_ids'),
        SubnetId: of.texts('subnet_ids'),
        SecurityGroupId: of.texts('security_group_ids'),
        PrivateDnsEnabled: of.flag('private_dns_enabled'),
      })),
    ],
    made: (answer, _of, api) => {
      const id = answer.text('vpcEndpoint.vpcEndpointId');
      return { id, arn: api.arn('ec2', `vpc-endpoint/${id ?? ''}`) };
    },
    read: call('DescribeVpcEndpoints', byId('VpcEndpointId')),
    found: oneThatIs('vpcEndpointSet', 'state'),
    update: [call('ModifyVpcEndpoint', (of) => ({ VpcEndpointId: of.must('id'), PolicyDocument: of.text('policy') }))],
    destroy: [call('DeleteVpcEndpoints', byId('VpcEndpointId'))],
  },
};
