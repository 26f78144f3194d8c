import { at, blocks, each, type ReadDocument, type Resource, type Rule } from './document';
import { IDENTITY_POLICIES, statementsOf } from './iam-rules';

/** What puts an event on a bus or a message into a queue. */
const SAYS = /^(events:PutEvents|sqs:SendMessage)/;
/** One bus that is not everybody's, or one queue. */
const ONE_OF_OURS =
  /^arn:aws[a-z-]*:(events:[a-z0-9-]+:\d{12}:event-bus\/(?!default$)|sqs:[a-z0-9-]+:\d{12}:)[^*?/:]+$/;

/** What a setting of the records' bucket says; undefined where the bucket has none of that type. */
const settingOf = (document: ReadDocument, type: string, bucket: Resource): Resource | undefined =>
  document.all(type).find(({ attributes }) => JSON.stringify(attributes['bucket']).includes(`${bucket.address}.`));

/** What is wrong with the bucket, whose records may be so many days old. */
type OfBucket = (bucket: Resource, days: number, document: ReadDocument) => string | undefined;

/** A rule on the records' bucket. */
const ofRecords = (id: string, controls: string, problem: OfBucket): Rule =>
  each(id, controls, ['aws_s3_bucket'], (bucket, { records }, document) =>
    records !== undefined && records.bucket === bucket.attributes['bucket']
      ? problem(bucket, records.retentionDays, document)
      : undefined,
  );

/** What keeps a record longer than it may be kept, or from being gone; undefined where nothing does. */
const keptTooLong: OfBucket = (bucket, days, document) => {
  const versioning = settingOf(document, 'aws_s3_bucket_versioning', bucket);
  if (versioning !== undefined && at(versioning.attributes, 'versioning_configuration', 'status') !== 'Disabled')
    return 'keeps versions of records that were deleted';
  const rules = blocks(settingOf(document, 'aws_s3_bucket_lifecycle_configuration', bucket)?.attributes['rule']);
  const whole = rules.filter((rule) => rule['status'] === 'Enabled' && (at(rule, 'filter', 'prefix') ?? '') === '');
  const within = (path: readonly string[]) => whole.some((rule) => Number(at(rule, ...path)) <= days);
  if (!within(['expiration', 'days'])) return 'keeps records for longer than the settings say';
  return within(['abort_incomplete_multipart_upload', 'days_after_initiation'])
    ? undefined
    : 'keeps parts of records that were never completed';
};

/** What is asked of the bucket that holds records of calls, and of who may use it; nothing where there are none. */
export const RECORD_RULES: readonly Rule[] = [
  ofRecords('gone-records', 'a deleted record is gone', keptTooLong),
  ofRecords('own-key-of-records', 'CKV_AWS_145', (bucket, _days, document) => {
    const encryption = settingOf(document, 'aws_s3_bucket_server_side_encryption_configuration', bucket);
    const how = ['rule', 'apply_server_side_encryption_by_default'];
    const [algorithm, key] = ['sse_algorithm', 'kms_master_key_id'].map((name) =>
      at(encryption?.attributes ?? {}, ...how, name),
    );
    return algorithm === 'aws:kms' && key !== undefined ? undefined : 'does not encrypt records with a key of ours';
  }),
  ofRecords('logged-records', 'S3.9 / CKV_AWS_18', (bucket, _days, document) =>
    settingOf(document, 'aws_s3_bucket_logging', bucket) ? undefined : 'does not log who reads records',
  ),
  each('put-records-only', 'least privilege', IDENTITY_POLICIES, (policy, { records }) => {
    if (records === undefined) return undefined;
    const objects = `:s3:::${records.bucket}/`;
    const allowed = (statementsOf(policy) ?? []).filter(({ effect }) => effect === 'Allow');
    for (const { actions, resources } of allowed) {
      const named = resources.filter((one) => one.includes(objects));
      if (named.length === 0) continue;
      const other = actions.find((action) => action !== 's3:PutObject');
      if (other !== undefined) return `allows ${other} on records, which are only put`;
      if (named.some((one) => one.endsWith(`${objects}*`))) return 'puts more than records into their bucket';
    }
    return undefined;
  }),
  each('exact-messages', 'least privilege', IDENTITY_POLICIES, (policy) => {
    const says = (statementsOf(policy) ?? []).filter(
      ({ effect, actions }) => effect === 'Allow' && actions.some((action) => SAYS.test(action)),
    );
    return says.every(({ resources }) => resources.every((one) => ONE_OF_OURS.test(one)))
      ? undefined
      : 'says something on more than one bus or queue of ours';
  }),
  each('data-keys-through-a-service', 'CKV_AWS_107, 111', IDENTITY_POLICIES, (policy) =>
    (statementsOf(policy) ?? []).some(
      ({ effect, actions, conditions }) =>
        effect === 'Allow' &&
        actions.some((action) => action.startsWith('kms:GenerateDataKey')) &&
        at(conditions, 'StringEquals', 'kms:ViaService') === undefined,
    )
      ? 'takes keys of data without going through a service'
      : undefined,
  ),
];
