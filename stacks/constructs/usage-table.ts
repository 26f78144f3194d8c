import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import type { AwsStack } from '../aws-stack';

/**
 * What a day has used, counted by all tasks together: an item a day, and one a caller (as a hash) and day. It is written
 * to only where a limit is set, paid by the request, and forgets after two days. Metrics could not do this: they are
 * minutes late, and cannot refuse the one call too many.
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
