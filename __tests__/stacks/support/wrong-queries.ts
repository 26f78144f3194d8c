import { policy, type Wrong } from './mistakes';
import { type Attributes, dig, type EmittedStack, objects } from './synth';

const workgroup = (stack: EmittedStack, ...path: string[]): Attributes =>
  dig(stack.one('aws_athena_workgroup'), 'configuration', ...path) as Attributes;
const storage = (stack: EmittedStack): Attributes =>
  dig(stack.one('aws_glue_catalog_table'), 'storage_descriptor') as Attributes;
const sooner = (stack: EmittedStack): Attributes =>
  objects(stack.one('aws_s3_bucket_lifecycle_configuration', 'records')['rule'])[1] ?? {};
const grantTask = (stack: EmittedStack, Action: string): void =>
  policy(stack.one('aws_iam_role_policy', 'task-role-policy'), (statements) => {
    const Resource = 'arn:aws:athena:eu-north-1:666666666666:workgroup/pipecat-voice-agent-abcdefghijkl-records';
    statements.push({ Sid: 'More', Effect: 'Allow', Action, Resource });
  });

/** Mistakes with queries over records of calls, where there are some. */
export const WRONG_QUERIES: readonly Wrong[] = [
  [
    'enforced-queries',
    'queries that say themselves where their results lie',
    'foundation',
    (s) => Object.assign(workgroup(s), { enforce_workgroup_configuration: false }),
  ],
  [
    'enforced-queries',
    'queries that may read any amount',
    'foundation',
    (s) => Reflect.deleteProperty(workgroup(s), 'bytes_scanned_cutoff_per_query'),
  ],
  [
    'encrypted-results',
    'results that are not encrypted by the workgroup',
    'foundation',
    (s) => Reflect.deleteProperty(workgroup(s, 'result_configuration'), 'encryption_configuration'),
  ],
  [
    'encrypted-results',
    "results under S3's own key",
    'foundation',
    (s) =>
      Object.assign(workgroup(s, 'result_configuration', 'encryption_configuration'), { encryption_option: 'SSE_S3' }),
  ],
  [
    'short-lived-results',
    'results in another bucket',
    'foundation',
    (s) => Object.assign(workgroup(s, 'result_configuration'), { output_location: 's3://somewhere/queries/' }),
  ],
  [
    'short-lived-results',
    'results among the records',
    'foundation',
    (s) =>
      Object.assign(workgroup(s, 'result_configuration'), {
        output_location: 's3://pipecat-voice-agent-abcdefghijkl-records-666666666666/calls/',
      }),
  ],
  [
    'short-lived-results',
    'results that stay as long as new records do',
    'foundation',
    (s) => Object.assign(sooner(s), { status: 'Disabled' }),
  ],
  [
    'tables-of-records',
    'a table of everything that is kept',
    'foundation',
    (s) => Object.assign(storage(s), { location: 's3://pipecat-voice-agent-abcdefghijkl-records-666666666666/calls/' }),
  ],
  ['roles-query-nothing', 'a task that queries', 'foundation', (s) => grantTask(s, 'athena:StartQueryExecution')],
  [
    'roles-query-nothing',
    'a task that reads what a query found',
    'foundation',
    (s) => grantTask(s, 'athena:GetQueryResults'),
  ],
];
