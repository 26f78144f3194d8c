import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import type { AwsStack } from '../aws-stack';
import { serviceTrust } from '../policies';
import { logGroup } from './log-group';
import { role } from './role';

/** A record of every connection in the VPC. */
export function flowLogs(stack: AwsStack, vpcId: string, keyArn: string): void {
  const { arns, names, settings } = stack;
  const group = logGroup(stack, 'flow-log-group', names.flowLogGroup, keyArn);
  const writer = role(stack, 'flow-log-role', {
    name: names.roles.flowLogs,
    description: 'Writes the flow logs of the VPC',
    trust: serviceTrust('vpc-flow-logs.amazonaws.com', settings.accountId, [arns.regional('ec2', 'vpc-flow-log/*')]),
    statements: [
      {
        sid: 'WriteOwnGroup',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
        resources: [arns.logGroup(names.flowLogGroup), `${arns.logGroup(names.flowLogGroup)}:*`],
      },
    ],
  });
  new FlowLog(stack, 'flow-log', {
    vpcId,
    trafficType: 'ALL',
    logDestinationType: 'cloud-watch-logs',
    logDestination: group.arn,
    iamRoleArn: writer.arn,
    maxAggregationInterval: 600,
    tags: { Name: names.base },
  });
}
