import { RECORDS_FOLDER } from '../../contract/call-record';
import { QUERY_RESULTS_PREFIX, RECORDS_PREFIX } from '../names';
import { at, blocks, each, type Rule, text } from './document';
import { IDENTITY_POLICIES, statementsOf } from './iam-rules';

/** What a plan reads of tables and workgroups; no result of a query is among it. */
const DESCRIBES =
  /^(athena:(GetNamedQuery|GetWorkGroup|ListTagsForResource)|glue:Get(Database|PartitionIndexes|Table|Tags))$/;

/** What is asked of queries over records, and of who may make them. */
export const QUERY_RULES: readonly Rule[] = [
  each('enforced-queries', 'CKV_AWS_82', ['aws_athena_workgroup'], ({ attributes }) => {
    if (at(attributes, 'configuration', 'enforce_workgroup_configuration') !== true)
      return 'lets a query choose where its result lies, and under which key';
    return Number(at(attributes, 'configuration', 'bytes_scanned_cutoff_per_query')) > 0
      ? undefined
      : 'lets a query read, and cost, any amount';
  }),
  each('encrypted-results', 'CKV_AWS_159', ['aws_athena_workgroup'], ({ attributes }) => {
    const how = ['configuration', 'result_configuration', 'encryption_configuration'];
    return at(attributes, ...how, 'encryption_option') === 'SSE_KMS' &&
      at(attributes, ...how, 'kms_key_arn') !== undefined
      ? undefined
      : 'does not encrypt results with a key of ours';
  }),
  each(
    'short-lived-results',
    'a deleted record is gone',
    ['aws_athena_workgroup'],
    (workgroup, { records }, document) => {
      const location = at(workgroup.attributes, 'configuration', 'result_configuration', 'output_location');
      if (records === undefined || location !== `s3://${records.bucket}/${QUERY_RESULTS_PREFIX}`)
        return 'leaves results elsewhere than beside the records';
      const rules = document
        .all('aws_s3_bucket_lifecycle_configuration')
        .flatMap(({ attributes }) => blocks(attributes['rule']))
        .filter((rule) => rule['status'] === 'Enabled' && at(rule, 'filter', 'prefix') === QUERY_RESULTS_PREFIX);
      return rules.some((rule) => at(rule, 'expiration', 'days') === 1)
        ? undefined
        : 'keeps results for longer than a day, after records that they repeat are gone';
    },
  ),
  each('tables-of-records', 'recordings are no rows', ['aws_glue_catalog_table'], ({ attributes }, { records }) => {
    const below = `s3://${records?.bucket ?? ''}/${RECORDS_PREFIX}${RECORDS_FOLDER}/`;
    const template = at(attributes, 'parameters', 'storage.location.template');
    return [at(attributes, 'storage_descriptor', 'location'), template].every((one) => text(one).startsWith(below))
      ? undefined
      : 'has something else than records of calls as rows';
  }),
  each('roles-query-nothing', 'least privilege', IDENTITY_POLICIES, (policy) => {
    const asked = (statementsOf(policy) ?? [])
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions }) => actions)
      .find((action) => /^(athena|glue):/.test(action) && !DESCRIBES.test(action));
    return asked === undefined ? undefined : `allows ${asked}, and no role of ours queries records`;
  }),
];
