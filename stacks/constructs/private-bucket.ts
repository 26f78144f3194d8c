import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import type { AwsStack } from '../aws-stack';
import { denyPlainTransport, policyJson, type Statement } from '../policies';

/** Days that an upload in parts may take; what it has left is no object, and so expires by nothing else. */
const ABORT_DAYS = 7;

export interface PrivateBucketProps {
  readonly name: string;
  /** A KMS key; undefined is SSE-S3, the only kind that load balancers can write to. */
  readonly keyArn?: string;
  /** Days until objects are deleted; undefined keeps them. */
  readonly expireAfterDays?: number;
  /** What is deleted sooner than the rest, days after it was written. */
  readonly expireSooner?: { readonly prefix: string; readonly afterDays: number };
  /** Days that replaced or deleted versions stay; undefined keeps none, so that what is deleted is gone. */
  readonly keepOldVersionsDays?: number;
  /** Added to the one that denies plain transport. */
  readonly statements?: readonly Statement[];
  /** Whether destroying the bucket also destroys its contents; never in a protected environment. */
  readonly destroyContents: boolean;
}

/** A private bucket: no ACLs, no public access, TLS only, encrypted, with a lifecycle, and versioned unless it keeps no old versions. */
export class PrivateBucket extends Construct {
  readonly bucket: string;
  readonly arn: string;
  /** Dependency of a writer: the policy that lets it write. */
  readonly policy: S3BucketPolicy;

  constructor(stack: AwsStack, id: string, props: PrivateBucketProps) {
    super(stack, id);
    const { protected: isProtected } = stack.settings;
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: props.destroyContents && !isProtected,
      ...(isProtected ? { lifecycle: { preventDestroy: true } } : {}),
    });
    this.bucket = bucket.bucket;
    this.arn = stack.arns.bucket(props.name);

    new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket: bucket.id,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucket.id,
      rule: [
        props.keyArn === undefined
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
          : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: props.keyArn },
              bucketKeyEnabled: true,
            },
      ],
    });
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket: bucket.id,
      versioningConfiguration: { status: props.keepOldVersionsDays === undefined ? 'Disabled' : 'Enabled' },
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: bucket.id,
      rule: [
        {
          id: 'clean-up',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [
            { daysAfterInitiation: Math.min(ABORT_DAYS, props.expireAfterDays ?? ABORT_DAYS) },
          ],
          ...(props.keepOldVersionsDays === undefined
            ? {}
            : { noncurrentVersionExpiration: [{ noncurrentDays: props.keepOldVersionsDays }] }),
          ...(props.expireAfterDays === undefined ? {} : { expiration: [{ days: props.expireAfterDays }] }),
        },
        ...(props.expireSooner === undefined
          ? []
          : [
              {
                id: 'expire-sooner',
                status: 'Enabled',
                filter: [{ prefix: props.expireSooner.prefix }],
                expiration: [{ days: props.expireSooner.afterDays }],
              },
            ]),
      ],
      dependsOn: [versioning],
    });
    this.policy = new S3BucketPolicy(this, 'policy', {
      bucket: bucket.id,
      policy: policyJson([denyPlainTransport(['s3:*'], [this.arn, `${this.arn}/*`]), ...(props.statements ?? [])]),
    });
  }
}
