import { Cloudtrail } from '@cdktf/provider-aws/lib/cloudtrail';
import type { AwsStack } from '../aws-stack';
import { PrivateBucket } from './private-bucket';

/**
 * A trail of management events. EventBridge delivers "AWS API Call via CloudTrail" only where a trail logs them;
 * without one, a changed secret would not restart the service and denied access would raise no alarm.
 */
export function trail(stack: AwsStack, keyArn: string): Cloudtrail {
  const { arns, names, settings } = stack;
  const bucketArn = arns.bucket(names.trailBucket);
  const fromTrail = { StringEquals: { 'aws:SourceArn': arns.trail, 'aws:SourceAccount': settings.accountId } };
  const bucket = new PrivateBucket(stack, 'trail-bucket', {
    name: names.trailBucket,
    keyArn,
    expireAfterDays: 365,
    keepOldVersionsDays: 30,
    destroyContents: true,
    statements: [
      {
        sid: 'TrailChecksBucket',
        principals: { Service: 'cloudtrail.amazonaws.com' },
        actions: ['s3:GetBucketAcl'],
        resources: [bucketArn],
        conditions: fromTrail,
      },
      {
        sid: 'TrailWrites',
        principals: { Service: 'cloudtrail.amazonaws.com' },
        actions: ['s3:PutObject'],
        resources: [`${bucketArn}/AWSLogs/${settings.accountId}/*`],
        conditions: fromTrail,
      },
    ],
  });
  return new Cloudtrail(stack, 'trail', {
    name: names.trail,
    s3BucketName: bucket.bucket,
    kmsKeyId: keyArn,
    enableLogFileValidation: true,
    isMultiRegionTrail: false,
    includeGlobalServiceEvents: true,
    advancedEventSelector: [
      {
        name: 'Management events without the noise of KMS',
        fieldSelector: [
          { field: 'eventCategory', equalTo: ['Management'] },
          { field: 'eventSource', notEquals: ['kms.amazonaws.com'] },
        ],
      },
    ],
    dependsOn: [bucket.policy],
  });
}
