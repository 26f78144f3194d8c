import type { Answer, AwsApi } from './api';
import type { Attributes } from './attributes';
import type { Body } from './body';
import { type ApiCall, call, type ResourceEntry, there } from './entry';

const bucket = (of: Attributes): string => of.text('bucket') ?? of.must('id');

/** A setting of a bucket: a document of its own behind a query. */
function bucketSetting(
  query: string,
  document: (of: Attributes) => Body,
  found: (answer: Answer) => Record<string, never> | undefined = there as () => Record<string, never>,
): ResourceEntry {
  return {
    service: 's3',
    create: [],
    made: (_answer, of) => ({ id: bucket(of) }),
    settings: [call((of) => `PUT /${bucket(of)}?${query}`, document)],
    read: call((of) => `GET /${bucket(of)}?${query}`),
    found,
    destroy: [call((of) => `DELETE /${bucket(of)}?${query}`)],
  };
}

const rules = (of: Attributes) => of.blocks('rule');

function lifecycleRule(rule: Attributes): Body {
  const noncurrent = rule.block('noncurrent_version_expiration')?.number('noncurrent_days');
  const days = rule.block('expiration')?.number('days');
  const abort = rule.block('abort_incomplete_multipart_upload')?.number('days_after_initiation');
  return {
    ID: rule.text('id'),
    Filter: { Prefix: rule.block('filter')?.text('prefix') ?? '' },
    Status: rule.text('status'),
    Expiration: days === undefined ? undefined : { Days: days },
    NoncurrentVersionExpiration: noncurrent === undefined ? undefined : { NoncurrentDays: noncurrent },
    AbortIncompleteMultipartUpload: abort === undefined ? undefined : { DaysAfterInitiation: abort },
  };
}

/** Where a bucket may be destroyed with what is in it: every version of every object. */
async function objectsOf(of: Attributes, api: AwsApi): Promise<ApiCall[]> {
  if (of.flag('force_destroy') !== true) return [];
  const listed = await api.ask('s3', `GET /${bucket(of)}?versions`);
  return [...listed.list('Version'), ...listed.list('DeleteMarker')].map((one) =>
    call(`DELETE /${bucket(of)}/${one.text('Key') ?? ''}?versionId=${one.text('VersionId') ?? 'null'}`),
  );
}

/** The emulator reads no conditions: what is denied on one would be denied to everybody. */
function withoutConditions(policy: string): string {
  const document = JSON.parse(policy) as { Statement: { Effect: string; Condition?: unknown }[] };
  return JSON.stringify({
    ...document,
    Statement: document.Statement.filter(({ Effect, Condition }) => Effect === 'Allow' || Condition === undefined),
  });
}

/** As the provider says that nothing is logged any more. */
const NO_LOGGING = '<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>';

/** Buckets, tables, queues and the registry. */
export const STORAGE: Readonly<Record<string, ResourceEntry>> = {
  aws_s3_bucket: {
    service: 's3',
    create: [
      call(
        (of) => `PUT /${bucket(of)}`,
        (_of, api) => ({ CreateBucketConfiguration: { LocationConstraint: api.region } }),
      ),
    ],
    made: (_answer, of, api) => ({
      id: bucket(of),
      arn: `arn:aws:s3:::${bucket(of)}`,
      bucket_domain_name: `${bucket(of)}.s3.amazonaws.com`,
      bucket_regional_domain_name: `${bucket(of)}.s3.${api.region}.amazonaws.com`,
    }),
    read: call((of) => `GET /${bucket(of)}?versioning`),
    found: there,
    empty: objectsOf,
    destroy: [call((of) => `DELETE /${bucket(of)}`)],
  },
  aws_s3_bucket_versioning: {
    ...bucketSetting('versioning', (of) => {
      const status = of.block('versioning_configuration')?.text('status');
      // A bucket begins without; S3 knows no such word, and the provider asks for nothing.
      return status === 'Disabled' ? undefined : { VersioningConfiguration: { Status: status } };
    }),
    // It cannot be taken away.
    destroy: [],
  },
  aws_s3_bucket_server_side_encryption_configuration: bucketSetting('encryption', (of) => ({
    ServerSideEncryptionConfiguration: {
      Rule: rules(of).map((rule) => {
        const by = rule.block('apply_server_side_encryption_by_default');
        return {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: by?.text('sse_algorithm'),
            KMSMasterKeyID: by?.text('kms_master_key_id'),
          },
          BucketKeyEnabled: rule.flag('bucket_key_enabled'),
        };
      }),
    },
  })),
  aws_s3_bucket_public_access_block: bucketSetting('publicAccessBlock', (of) => ({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: of.flag('block_public_acls'),
      IgnorePublicAcls: of.flag('ignore_public_acls'),
      BlockPublicPolicy: of.flag('block_public_policy'),
      RestrictPublicBuckets: of.flag('restrict_public_buckets'),
    },
  })),
  aws_s3_bucket_ownership_controls: bucketSetting('ownershipControls', (of) => ({
    OwnershipControls: { Rule: rules(of).map((rule) => ({ ObjectOwnership: rule.text('object_ownership') })) },
  })),
  aws_s3_bucket_lifecycle_configuration: bucketSetting('lifecycle', (of) => ({
    LifecycleConfiguration: { Rule: rules(of).map(lifecycleRule) },
  })),
  aws_s3_bucket_logging: {
    ...bucketSetting('logging', (of) => ({
      BucketLoggingStatus: {
        LoggingEnabled: { TargetBucket: of.must('target_bucket'), TargetPrefix: of.text('target_prefix') },
      },
    })),
    // There is no DELETE: logging ends with a status that says nothing.
    destroy: [
      call(
        (of) => `PUT /${bucket(of)}?logging`,
        () => NO_LOGGING,
      ),
    ],
  },
  aws_s3_bucket_policy: {
    ...bucketSetting('policy', (of) => withoutConditions(of.must('policy'))),
    found: (answer, of) => {
      const now = JSON.stringify(answer.value);
      return now === withoutConditions(of.must('policy')) ? there() : { policy: now };
    },
  },
  aws_dynamodb_table: {
    service: 'dynamodb',
    create: [
      call('CreateTable', (of) => ({
        TableName: of.must('name'),
        BillingMode: of.text('billing_mode'),
        AttributeDefinitions: of
          .blocks('attribute')
          .map((one) => ({ AttributeName: one.text('name'), AttributeType: one.text('type') })),
        KeySchema: [{ AttributeName: of.must('hash_key'), KeyType: 'HASH' }],
        DeletionProtectionEnabled: of.flag('deletion_protection_enabled'),
        SSESpecification: {
          Enabled: of.block('server_side_encryption')?.flag('enabled') ?? false,
          SSEType: 'KMS',
          KMSMasterKeyId: of.block('server_side_encryption')?.text('kms_key_arn'),
        },
      })),
      call('UpdateTimeToLive', (of) => {
        const ttl = of.block('ttl');
        return (
          ttl && {
            TableName: of.must('name'),
            TimeToLiveSpecification: { AttributeName: ttl.text('attribute_name'), Enabled: ttl.flag('enabled') },
          }
        );
      }),
    ],
    made: (answer, of) => ({ id: of.must('name'), arn: answer.text('TableDescription.TableArn') }),
    settings: [
      call('UpdateContinuousBackups', (of) => ({
        TableName: of.must('name'),
        PointInTimeRecoverySpecification: {
          PointInTimeRecoveryEnabled: of.block('point_in_time_recovery')?.flag('enabled') ?? false,
        },
      })),
    ],
    read: call('DescribeTable', (of) => ({ TableName: of.must('id') })),
    found: (answer) => ({ hash_key: answer.text('Table.KeySchema.0.AttributeName') }),
    update: [
      call('UpdateTable', (of) => ({
        TableName: of.must('name'),
        DeletionProtectionEnabled: of.flag('deletion_protection_enabled'),
      })),
    ],
    destroy: [call('DeleteTable', (of) => ({ TableName: of.must('id') }))],
  },
  aws_sqs_queue: {
    service: 'sqs',
    create: [call('CreateQueue', (of) => ({ QueueName: of.must('name'), Attributes: queueAttributes(of) }))],
    made: (answer, of, api) => ({
      id: answer.text('QueueUrl'),
      url: answer.text('QueueUrl'),
      arn: api.arn('sqs', of.must('name')),
    }),
    read: call('GetQueueAttributes', (of) => ({ QueueUrl: of.must('id'), AttributeNames: ['All'] })),
    found: (answer) => ({ message_retention_seconds: Number(answer.text('Attributes.MessageRetentionPeriod')) }),
    update: [call('SetQueueAttributes', (of) => ({ QueueUrl: of.must('id'), Attributes: queueAttributes(of) }))],
    destroy: [call('DeleteQueue', (of) => ({ QueueUrl: of.must('id') }))],
  },
  aws_sqs_queue_policy: {
    service: 'sqs',
    create: [],
    made: (_answer, of) => ({ id: of.must('queue_url') }),
    settings: [
      call('SetQueueAttributes', (of) => ({
        QueueUrl: of.must('queue_url'),
        Attributes: { Policy: of.must('policy') },
      })),
    ],
    read: call('GetQueueAttributes', (of) => ({ QueueUrl: of.must('queue_url'), AttributeNames: ['Policy'] })),
    found: (answer) => {
      const policy = answer.text('Attributes.Policy');
      return policy === undefined ? undefined : { policy };
    },
    destroy: [call('SetQueueAttributes', (of) => ({ QueueUrl: of.must('queue_url'), Attributes: { Policy: '' } }))],
  },
  aws_ecr_repository: {
    service: 'ecr',
    create: [
      call('CreateRepository', (of) => {
        const encryption = of.block('encryption_configuration');
        return {
          repositoryName: of.must('name'),
          imageTagMutability: of.text('image_tag_mutability'),
          imageScanningConfiguration: { scanOnPush: of.block('image_scanning_configuration')?.flag('scan_on_push') },
          encryptionConfiguration: encryption && {
            encryptionType: encryption.text('encryption_type'),
            kmsKey: encryption.text('kms_key'),
          },
        };
      }),
    ],
    made: (answer, of, api) => ({
      id: of.must('name'),
      arn: answer.text('repository.repositoryArn'),
      registry_id: api.accountId,
      repository_url: answer.text('repository.repositoryUri'),
    }),
    read: call('DescribeRepositories', (of) => ({ repositoryNames: [of.must('id')] })),
    found: (answer) => ({ image_tag_mutability: answer.text('repositories.0.imageTagMutability') }),
    update: [
      call('PutImageTagMutability', (of) => ({
        repositoryName: of.must('name'),
        imageTagMutability: of.text('image_tag_mutability'),
      })),
    ],
    destroy: [
      call('DeleteRepository', (of) => ({ repositoryName: of.must('id'), force: of.flag('force_delete') ?? false })),
    ],
  },
  aws_ecr_lifecycle_policy: {
    service: 'ecr',
    create: [],
    made: (_answer, of, api) => ({ id: of.must('repository'), registry_id: api.accountId }),
    settings: [
      call('PutLifecyclePolicy', (of) => ({
        repositoryName: of.must('repository'),
        lifecyclePolicyText: of.must('policy'),
      })),
    ],
    read: call('GetLifecyclePolicy', (of) => ({ repositoryName: of.must('repository') })),
    found: (answer) => ({ policy: answer.text('lifecyclePolicyText') }),
    destroy: [call('DeleteLifecyclePolicy', (of) => ({ repositoryName: of.must('repository') }))],
  },
};

function queueAttributes(of: Attributes): Body {
  const seconds = of.number('message_retention_seconds');
  return {
    MessageRetentionPeriod: seconds === undefined ? undefined : String(seconds),
    SqsManagedSseEnabled:
      of.flag('sqs_managed_sse_enabled') === undefined ? undefined : String(of.flag('sqs_managed_sse_enabled')),
  };
}
