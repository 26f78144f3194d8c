import { policy, type Wrong } from './mistakes';
import { type Attributes, dig, type EmittedStack, objects } from './synth';

/** A setting of the records' bucket. */
const ofRecords = (stack: EmittedStack, type: string): Attributes => stack.one(type, 'records');
const remove = (stack: EmittedStack, type: string): void => {
  const all = stack.all(type);
  for (const id of Object.keys(all).filter((one) => one.startsWith('records'))) Reflect.deleteProperty(all, id);
};
const lifecycleOf = (stack: EmittedStack): Attributes =>
  objects(ofRecords(stack, 'aws_s3_bucket_lifecycle_configuration')['rule'])[0] ?? {};
const grantTask = (stack: EmittedStack, Action: string, Resource: string): void =>
  policy(stack.one('aws_iam_role_policy', 'task-role-policy'), (statements) => {
    statements.push({ Sid: 'More', Effect: 'Allow', Action, Resource });
  });

const OBJECTS = 'arn:aws:s3:::pipecat-voice-agent-prod-records-222222222222/';

/** Mistakes with records of calls. */
export const WRONG_RECORDS: readonly Wrong[] = [
  [
    'gone-records',
    'versions of deleted records',
    'foundation',
    (s) =>
      Object.assign(dig(ofRecords(s, 'aws_s3_bucket_versioning'), 'versioning_configuration') as Attributes, {
        status: 'Enabled',
      }),
  ],
  [
    'gone-records',
    'records that are kept for longer than the settings say',
    'foundation',
    (s) => Object.assign(objects(lifecycleOf(s)['expiration'])[0] ?? {}, { days: 31 }),
  ],
  [
    'gone-records',
    'records that expire below a prefix only',
    'foundation',
    (s) => Object.assign(objects(lifecycleOf(s)['filter'])[0] ?? {}, { prefix: 'old/' }),
  ],
  [
    'gone-records',
    'parts of uploads that nobody aborts',
    'foundation',
    (s) => Reflect.deleteProperty(lifecycleOf(s), 'abort_incomplete_multipart_upload'),
  ],
  [
    'own-key-of-records',
    "records under S3's own key",
    'foundation',
    (s) =>
      Object.assign(ofRecords(s, 'aws_s3_bucket_server_side_encryption_configuration'), {
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
      }),
  ],
  ['logged-records', 'records that can be read unseen', 'foundation', (s) => remove(s, 'aws_s3_bucket_logging')],
  [
    'put-records-only',
    'a task that reads records',
    'foundation',
    (s) => grantTask(s, 's3:GetObject', `${OBJECTS}calls/*`),
  ],
  [
    'put-records-only',
    'a task that deletes records',
    'foundation',
    (s) => grantTask(s, 's3:DeleteObject', `${OBJECTS}calls/*`),
  ],
  [
    'put-records-only',
    "a task that writes anywhere in the records' bucket",
    'foundation',
    (s) => grantTask(s, 's3:PutObject', `${OBJECTS}*`),
  ],
  [
    'data-keys-through-a-service',
    'a task that takes keys of data for itself',
    'foundation',
    (s) => grantTask(s, 'kms:GenerateDataKey', 'arn:aws:kms:eu-north-1:222222222222:key/0'),
  ],
  [
    'exact-messages',
    "a task that says something on everybody's bus",
    'foundation',
    (s) => grantTask(s, 'events:PutEvents', 'arn:aws:events:eu-north-1:222222222222:event-bus/default'),
  ],
  [
    'exact-messages',
    'a task that writes to any queue',
    'foundation',
    (s) => grantTask(s, 'sqs:SendMessage', 'arn:aws:sqs:eu-north-1:222222222222:*'),
  ],
  [
    'buckets',
    'a bucket without versions that holds no records',
    'foundation',
    (s) =>
      Object.assign(dig(s.one('aws_s3_bucket_versioning', 'access-logs'), 'versioning_configuration') as Attributes, {
        status: 'Disabled',
      }),
  ],
];
