import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet, type SubnetConfig } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { Fn } from 'cdktf';
import type { AwsStack } from '../aws-stack';
import { subnetCidrs } from '../cidr';
import { flowLogs } from './flow-logs';
import type { Network, NewNetwork } from './network-shape';
import { vpcEndpoints } from './vpc-endpoints';

const ANYWHERE = '0.0.0.0/0';

/**
 * A VPC with a public and a private subnet in each zone. Tasks live in the private ones and leave through NAT gateways:
 * Daily is on the internet, so endpoints alone do not do.
 */
export function newVpc(stack: AwsStack, wanted: NewNetwork, logsKeyArn: string): Network {
  const { base } = stack.names;
  const zoneNumbers = Array.from({ length: wanted.availabilityZones }, (_, index) => index);
  const placeIn = zonesOf(stack, wanted);
  const prefix = Number(wanted.cidr.split('/')[1]);
  const ranges = subnetCidrs(wanted.cidr, prefix + 4, 2 * wanted.availabilityZones);

  const vpc = new Vpc(stack, 'vpc', {
    cidrBlock: wanted.cidr,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: { Name: base },
  });
  // Has no rules, so that a resource without a security group of its own cannot communicate.
  new DefaultSecurityGroup(stack, 'vpc-default-security-group', { vpcId: vpc.id, tags: { Name: `${base}-unused` } });
  const gateway = new InternetGateway(stack, 'internet-gateway', { vpcId: vpc.id, tags: { Name: base } });

  const publicTable = new RouteTable(stack, 'public-routes', { vpcId: vpc.id, tags: { Name: `${base}-public` } });
  new Route(stack, 'public-way-out', {
    routeTableId: publicTable.id,
    destinationCidrBlock: ANYWHERE,
    gatewayId: gateway.id,
  });

  const subnet = (kind: 'public' | 'private', zone: number): Subnet =>
    new Subnet(stack, `${kind}-subnet-${zone + 1}`, {
      vpcId: vpc.id,
      ...placeIn(zone),
      cidrBlock: ranges[kind === 'public' ? zone : wanted.availabilityZones + zone] ?? '',
      mapPublicIpOnLaunch: false,
      tags: { Name: `${base}-${kind}-${zone + 1}` },
    });
  const publicSubnets = zoneNumbers.map((zone) => subnet('public', zone));
  const privateSubnets = zoneNumbers.map((zone) => subnet('private', zone));
  publicSubnets.forEach((one, zone) => {
    new RouteTableAssociation(stack, `public-subnet-${zone + 1}-routes`, {
      subnetId: one.id,
      routeTableId: publicTable.id,
    });
  });

  const natCount = wanted.nat === 'single' ? 1 : wanted.availabilityZones;
  const nats = publicSubnets.slice(0, natCount).map((one, zone) => {
    const address = new Eip(stack, `nat-address-${zone + 1}`, {
      domain: 'vpc',
      tags: { Name: `${base}-nat-${zone + 1}` },
    });
    return new NatGateway(stack, `nat-${zone + 1}`, {
      allocationId: address.id,
      subnetId: one.id,
      tags: { Name: `${base}-${zone + 1}` },
      dependsOn: [gateway],
    });
  });
  const privateTables = privateSubnets.map((one, zone) => {
    const table = new RouteTable(stack, `private-routes-${zone + 1}`, {
      vpcId: vpc.id,
      tags: { Name: `${base}-private-${zone + 1}` },
    });
    new RouteTableAssociation(stack, `private-subnet-${zone + 1}-routes`, { subnetId: one.id, routeTableId: table.id });
    new Route(stack, `private-way-out-${zone + 1}`, {
      routeTableId: table.id,
      destinationCidrBlock: ANYWHERE,
      natGatewayId: (nats[zone] ?? nats[0])?.id ?? '',
    });
    return table;
  });

  flowLogs(stack, vpc.id, logsKeyArn);
  const taskSubnetIds = privateSubnets.map(({ id }) => id);
  vpcEndpoints(stack, wanted, {
    vpcId: vpc.id,
    subnetIds: taskSubnetIds,
    routeTableIds: privateTables.map(({ id }) => id),
  });
  return { vpcId: vpc.id, publicSubnetIds: publicSubnets.map(({ id }) => id), taskSubnetIds, assignPublicIp: false };
}

/** Places subnets in the zones that the settings name, or in the region's first ones, of which there must be enough. */
function zonesOf(
  stack: AwsStack,
  wanted: NewNetwork,
): (zone: number) => Pick<SubnetConfig, 'availabilityZone' | 'availabilityZoneId'> {
  const { zoneIds, availabilityZones } = wanted;
  if (zoneIds !== undefined) return (zone) => ({ availabilityZoneId: zoneIds[zone] ?? '' });
  const zones = new DataAwsAvailabilityZones(stack, 'zones', {
    state: 'available',
    filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
  });
  zones.lifecycle = {
    postcondition: [
      {
        condition: `\${length(self.names) >= ${availabilityZones}}`,
        errorMessage: `The region has fewer than ${availabilityZones} zones for this account: set network.availabilityZones or network.zoneIds.`,
      },
    ],
  };
  return (zone) => ({ availabilityZone: Fn.element(zones.names, zone) as string });
}
