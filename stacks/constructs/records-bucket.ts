import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import type { AwsStack } from '../aws-stack';
import { QUERY_RESULTS_PREFIX, RECORDS_PREFIX } from '../names';
import type { Statement } from '../policies';
import { EncryptionKey } from './encryption-key';
import { PrivateBucket } from './private-bucket';

/**
 * What is kept of calls, under a key of its own. It has no versions: a record that was deleted, or that its age has
 * deleted, is gone, and the snapshots that a call writes of itself while it lasts leave nothing behind.
 * @returns the key's ARN
 */
export function recordsBucket(stack: AwsStack, accessLogs: PrivateBucket): string {
  const { names, settings } = stack;
  const key = new EncryptionKey(stack, 'records-key', {
    alias: `${names.base}-records`,
    description: `Encrypts the records of calls of ${names.base}`,
    services: [],
  });
  const bucket = new PrivateBucket(stack, 'records', {
    name: names.recordsBucket,
    keyArn: key.arn,
    expireAfterDays: settings.records.retentionDays,
    // A result repeats records, and counts its age from the query on: it must not outlive them by much.
    ...(settings.records.analytics ? { expireSooner: { prefix: QUERY_RESULTS_PREFIX, afterDays: 1 } } : {}),
    destroyContents: true,
  });
  // S3's own log and not CloudTrail's: it tells every reader without a trail, which an environment need not have.
  new S3BucketLoggingA(stack, 'records-logging', {
    bucket: bucket.bucket,
    targetBucket: accessLogs.bucket,
    targetPrefix: RECORDS_PREFIX,
    dependsOn: [accessLogs.policy],
  });
  return key.arn;
}

/** Lets S3 log who reads and deletes records, beside the load balancer's logs. */
export const logRecordAccess = ({ arns, names, settings }: AwsStack): Statement => ({
  sid: 'RecordsAreLogged',
  principals: { Service: 'logging.s3.amazonaws.com' },
  actions: ['s3:PutObject'],
  resources: [`${arns.bucket(names.accessLogBucket)}/${RECORDS_PREFIX}*`],
  conditions: {
    ArnLike: { 'aws:SourceArn': arns.bucket(names.recordsBucket) },
    StringEquals: { 'aws:SourceAccount': settings.accountId },
  },
});

/** The one thing that a task does with a record. */
export const putRecord = ({ arns, names }: AwsStack): Statement => ({
  sid: 'PutRecords',
  actions: ['s3:PutObject'],
  resources: [`${arns.bucket(names.recordsBucket)}/${RECORDS_PREFIX}*`],
});

/** Puts records where they belong, and can do nothing else with them: neither read nor list nor delete. */
export function putRecords(stack: AwsStack, keyArn: string): Statement[] {
  return [
    putRecord(stack),
    {
      sid: 'EncryptRecords',
      actions: ['kms:GenerateDataKey'],
      resources: [keyArn],
      conditions: {
        StringEquals: {
          'kms:ViaService': `s3.${stack.settings.region}.amazonaws.com`,
          // With a bucket key, S3 encrypts for the bucket and not for each object.
          'kms:EncryptionContext:aws:s3:arn': stack.arns.bucket(stack.names.recordsBucket),
        },
      },
    },
  ];
}
