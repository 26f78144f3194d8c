import { DataAwsSubnets } from '@cdktf/provider-aws/lib/data-aws-subnets';
import { DataAwsVpc } from '@cdktf/provider-aws/lib/data-aws-vpc';
import type { AwsStack } from '../aws-stack';
import type { Network } from './network-shape';
import { newVpc } from './new-vpc';

/** The network that the settings ask for: a new VPC, an existing one, or the account's default. */
export function network(stack: AwsStack, logsKeyArn: string): Network {
  const wanted = stack.settings.network;
  switch (wanted.kind) {
    case 'new':
      return newVpc(stack, wanted, logsKeyArn);
    case 'existing':
      return {
        vpcId: wanted.vpcId,
        publicSubnetIds: wanted.publicSubnetIds,
        taskSubnetIds: wanted.privateSubnetIds,
        assignPublicIp: false,
      };
    case 'default': {
      const more = stack.settings.transport === 'webrtc' ? " and callers' media" : '';
      stack.warn(
        `The default VPC is used: tasks get public addresses (their security group lets nothing in but the load balancer${more}).`,
      );
      const vpc = new DataAwsVpc(stack, 'vpc', { default: true });
      const subnets = new DataAwsSubnets(stack, 'subnets', {
        filter: [
          { name: 'vpc-id', values: [vpc.id] },
          { name: 'default-for-az', values: ['true'] },
        ],
      });
      return { vpcId: vpc.id, publicSubnetIds: subnets.ids, taskSubnetIds: subnets.ids, assignPublicIp: true };
    }
  }
}
