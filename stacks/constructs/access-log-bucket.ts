import type { AwsStack } from '../aws-stack';
import { PrivateBucket } from './private-bucket';

/** Where the load balancer writes who asked for what. SSE-S3, because load balancers cannot write under a KMS key. */
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
          // The ARN holds the account; load balancers do not say aws:SourceAccount.
          ArnLike: {
            'aws:SourceArn': arns.regional('elasticloadbalancing', `loadbalancer/app/${names.loadBalancer}/*`),
          },
        },
      },
    ],
  });
}
