import type { AwsStack } from '../aws-stack';
import { PrivateBucket } from './private-bucket';
import { logRecordAccess } from './records-bucket';

/**
 * Access logs of the load balancer and of records. SSE-S3, because neither writer can use a KMS key. The first statement is the one
 * of "Enable access logs for your Application Load Balancer": that an account's load balancers write only below its own
 * number is what confines it, and a condition on aws:SourceArn, which is documented for Network Load Balancers alone,
 * might refuse the logs.
 */
export function accessLogBucket(stack: AwsStack): PrivateBucket {
  const { arns, names, settings } = stack;
  return new PrivateBucket(stack, 'access-logs', {
    name: names.accessLogBucket,
    expireAfterDays: settings.logs.retentionDays,
    keepOldVersionsDays: 30,
    destroyContents: true,
    statements: [
      {
        sid: 'LoadBalancerWrites',
        principals: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        actions: ['s3:PutObject'],
        resources: [`${arns.bucket(names.accessLogBucket)}/AWSLogs/${settings.accountId}/*`],
      },
      ...(settings.records.keep ? [logRecordAccess(stack)] : []),
    ],
  });
}
