import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { AwsStack } from '../aws-stack';

/** A log group that is encrypted, forgets in time, and in a protected environment cannot be deleted. */
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
