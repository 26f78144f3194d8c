import type { AwsStack } from '../aws-stack';
import { PrivateBucket } from './private-bucket';

/** The load balancer's access logs. SSE-S3, because load balancers cannot write under a KMS key. */
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
        conditions: {
          // The ARN contains the account; load balancers do not send aws:SourceAccount.
          ArnLike: {
            'aws:SourceArn': arns.regional('elasticloadbalancing', `loadbalancer/app/${names.loadBalancer}/*`),
          },
        },
      },
    ],
  });
}
