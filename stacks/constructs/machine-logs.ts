import type { SfnStateMachineConfig } from '@cdktf/provider-aws/lib/sfn-state-machine';
import type { AwsStack } from '../aws-stack';
import type { Statement } from '../policies';

/** A state machine's failures go to the environment's group; what an event said, and so who read what, does not. */
export const machineLogs = ({ arns, names }: AwsStack): Pick<SfnStateMachineConfig, 'loggingConfiguration'> => ({
  loggingConfiguration: {
    level: 'ERROR',
    includeExecutionData: false,
    logDestination: `${arns.logGroup(names.machineLogGroup)}:*`,
  },
});

/** What Step Functions needs to log (its guide, "Logging using CloudWatch Logs"); IAM knows no resource for any of it. */
export const DELIVER_LOGS: Statement = {
  sid: 'DeliverOwnLogs',
  actions: [
    'logs:CreateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
  ],
  resources: ['*'],
};
