import { at, blocks, each, type ReadDocument, type Resource, type Rule } from './document';
import { statementsOf } from './iam-rules';

/** The policy of type `type` attached to `target` refuses plain transport. */
function refusesPlainTransport(document: ReadDocument, type: string, attribute: string, target: Resource): boolean {
  return document
    .all(type)
    .filter(({ attributes }) => JSON.stringify(attributes[attribute]).includes(`${target.address}.`))
    .some((policy) =>
      (statementsOf(policy) ?? []).some(
        ({ effect, conditions }) => effect === 'Deny' && at(conditions, 'Bool', 'aws:SecureTransport') === 'false',
      ),
    );
}

const isVersioned = (document: ReadDocument, bucket: Resource): boolean =>
  document
    .all('aws_s3_bucket_versioning')
    .some(
      ({ attributes }) =>
        JSON.stringify(attributes['bucket']).includes(`${bucket.address}.`) &&
        at(attributes, 'versioning_configuration', 'status') === 'Enabled',
    );

/** Resources that every bucket needs, and the control each satisfies. */
const BESIDE_A_BUCKET: readonly (readonly [string, string])[] = [
  ['aws_s3_bucket_public_access_block', 'no block of public access'],
  ['aws_s3_bucket_ownership_controls', 'ACLs'],
  ['aws_s3_bucket_server_side_encryption_configuration', 'no encryption'],
  ['aws_s3_bucket_versioning', 'no versioning'],
  ['aws_s3_bucket_lifecycle_configuration', 'no lifecycle'],
];

/** Resources with data that cannot be recreated. */
const HOLDERS = [
  'aws_kms_key',
  'aws_secretsmanager_secret',
  'aws_ecr_repository',
  'aws_cloudwatch_log_group',
  'aws_s3_bucket',
  'aws_dynamodb_table',
];

export const ENCRYPTION_RULES: readonly Rule[] = [
  each(
    'log-groups',
    'CloudWatch.16 / CKV_AWS_158, 66, 338',
    ['aws_cloudwatch_log_group'],
    ({ attributes }, context) => {
      if (attributes['kms_key_id'] === undefined) return 'is not encrypted with a key';
      const days = Number(attributes['retention_in_days'] ?? 0);
      if (days === 0) return 'keeps its events for ever';
      return context.protected && days < 365 ? 'keeps its events for less than a year' : undefined;
    },
  ),
  each('key-rotation', 'KMS.4 / CKV_AWS_7, 227', ['aws_kms_key'], ({ attributes }) =>
    attributes['enable_key_rotation'] === true && attributes['is_enabled'] !== false ? undefined : 'does not rotate',
  ),
  each('encrypted-topics', 'SNS.1 / CKV_AWS_26', ['aws_sns_topic'], ({ attributes }) =>
    attributes['kms_master_key_id'] === undefined ? 'is not encrypted' : undefined,
  ),
  each('encrypted-queues', 'SQS.1 / CKV_AWS_27, CKV2_AWS_73', ['aws_sqs_queue'], ({ attributes }) =>
    attributes['sqs_managed_sse_enabled'] === true || attributes['kms_master_key_id'] !== undefined
      ? undefined
      : 'is not encrypted',
  ),
  each('buckets', 'CKV_AWS_53–56, 19, 21, 300, CKV2_AWS_61, 65', ['aws_s3_bucket'], (bucket, { records }, document) => {
    const missing = BESIDE_A_BUCKET.find(([type]) => !document.refersTo(type, 'bucket', bucket));
    if (missing) return `has ${missing[1]}`;
    if (!isVersioned(document, bucket) && bucket.attributes['bucket'] !== records?.bucket) return 'has no versions';
    return refusesPlainTransport(document, 'aws_s3_bucket_policy', 'bucket', bucket) ? undefined : 'accepts plain HTTP';
  }),
  each('public-access', 'CKV_AWS_53–56', ['aws_s3_bucket_public_access_block'], ({ attributes }) =>
    ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].every(
      (name) => attributes[name] === true,
    )
      ? undefined
      : 'leaves a way to publish the bucket',
  ),
  each('images', 'ECR.1, 2, 3, 5 / CKV_AWS_163, 51, 136', ['aws_ecr_repository'], (repository, _context, document) => {
    const { attributes } = repository;
    if (at(attributes, 'image_scanning_configuration', 'scan_on_push') !== true) return 'does not scan images';
    if (attributes['image_tag_mutability'] !== 'IMMUTABLE') return 'lets a tag be moved';
    if (at(attributes, 'encryption_configuration', 'encryption_type') !== 'KMS') return 'is not encrypted with a key';
    return document.refersTo('aws_ecr_lifecycle_policy', 'repository', repository)
      ? undefined
      : 'keeps images for ever';
  }),
  each('secret-containers', 'CKV_AWS_149', ['aws_secretsmanager_secret'], (secret, _context, document) => {
    if (secret.attributes['kms_key_id'] === undefined) return 'is not encrypted with a key of its own';
    return refusesPlainTransport(document, 'aws_secretsmanager_secret_policy', 'secret_arn', secret)
      ? undefined
      : 'has no policy that refuses plain transport';
  }),
  each('tables', 'DynamoDB.2, 6 / CKV_AWS_28, 119', ['aws_dynamodb_table'], ({ attributes }, context) => {
    const encryption = ['enabled', 'kms_key_arn'].map((name) => at(attributes, 'server_side_encryption', name));
    if (encryption[0] !== true || encryption[1] === undefined) return 'is not encrypted with a key';
    if (at(attributes, 'point_in_time_recovery', 'enabled') !== true) return 'has no point-in-time recovery';
    return context.protected && attributes['deletion_protection_enabled'] !== true ? 'can be deleted' : undefined;
  }),
  each('trail', 'CKV_AWS_35, 36', ['aws_cloudtrail'], ({ attributes }) =>
    attributes['kms_key_id'] !== undefined && attributes['enable_log_file_validation'] === true
      ? undefined
      : 'is not encrypted or not validated',
  ),
  {
    id: 'state',
    controls: 'state holds names and ARNs',
    check: ({ terraform }) => {
      const [backend] = blocks(at(terraform, 'backend', 's3'));
      const problem =
        backend?.['use_lockfile'] !== true
          ? 'is not an S3 backend with a lock file'
          : backend['encrypt'] === true && backend['kms_key_id'] === undefined
            ? "asks for SSE-S3, which bypasses the bucket's own key"
            : undefined;
      return problem === undefined ? [] : [{ address: 'terraform.backend', problem }];
    },
  },
  each(
    'keeps-data',
    'a protected environment refuses to destroy what holds data',
    HOLDERS,
    ({ attributes }, context) => {
      if (!context.protected) return undefined;
      if (at(attributes, 'lifecycle', 'prevent_destroy') !== true) return 'can be destroyed';
      return attributes['force_destroy'] === true || attributes['force_delete'] === true ? 'can be emptied' : undefined;
    },
  ),
];
