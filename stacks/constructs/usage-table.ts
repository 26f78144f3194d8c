import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import type { AwsStack } from '../aws-stack';

/**
 * Daily usage across all tasks: one item per day, and one per caller (as a hash) and day. It is only written to if a
 * limit is set, billed per request, and items expire after two days. Metrics could not do this: they are minutes late.
 */
export function usageTable(stack: AwsStack, keyArn: string): DynamodbTable {
  const { names, settings } = stack;
  return new DynamodbTable(stack, 'usage-table', {
    name: names.usageTable,
    billingMode: 'PAY_PER_REQUEST',
    hashKey: 'id',
    attribute: [{ name: 'id', type: 'S' }],
    ttl: { attributeName: 'expiresAt', enabled: true },
    serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: settings.protected,
    ...(settings.protected ? { lifecycle: { preventDestroy: true } } : {}),
  });
}
