import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { AwsStack } from '../aws-stack';

/** An encrypted log group with a retention period; it cannot be deleted in a protected environment. */
export function logGroup(stack: AwsStack, id: string, name: string, keyArn: string): CloudwatchLogGroup {
  const { protected: isProtected, logs } = stack.settings;
  return new CloudwatchLogGroup(stack, id, {
    name,
    kmsKeyId: keyArn,
    retentionInDays: logs.retentionDays,
    deletionProtectionEnabled: isProtected,
    ...(isProtected ? { lifecycle: { preventDestroy: true } } : {}),
  });
}
