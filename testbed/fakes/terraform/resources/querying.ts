import type { Attributes } from './attributes';
import type { Body } from './body';
import { call, type ResourceEntry, there } from './entry';

const columns = (of: Attributes | undefined, name: string): Body =>
  of?.blocks(name).map((column) => ({
    Name: column.must('name'),
    Type: column.text('type'),
    Comment: column.text('comment'),
  }));

const table = (of: Attributes): Body => {
  const storage = of.block('storage_descriptor');
  return {
    DatabaseName: of.must('database_name'),
    TableInput: {
      Name: of.must('name'),
      Description: of.text('description'),
      TableType: of.text('table_type'),
      Parameters: of.texted('parameters'),
      PartitionKeys: columns(of, 'partition_keys'),
      StorageDescriptor: {
        Location: storage?.text('location'),
        InputFormat: storage?.text('input_format'),
        OutputFormat: storage?.text('output_format'),
        Columns: columns(storage, 'columns'),
        SerdeInfo: { SerializationLibrary: storage?.block('ser_de_info')?.text('serialization_library') },
      },
    },
  };
};

const configuration = (of: Attributes): Body => {
  const configured = of.block('configuration');
  const results = configured?.block('result_configuration');
  const encryption = results?.block('encryption_configuration');
  return {
    EnforceWorkGroupConfiguration: configured?.flag('enforce_workgroup_configuration'),
    PublishCloudWatchMetricsEnabled: configured?.flag('publish_cloudwatch_metrics_enabled'),
    BytesScannedCutoffPerQuery: configured?.number('bytes_scanned_cutoff_per_query'),
    ResultConfiguration: {
      OutputLocation: results?.text('output_location'),
      ExpectedBucketOwner: results?.text('expected_bucket_owner'),
      EncryptionConfiguration: {
        EncryptionOption: encryption?.text('encryption_option'),
        KmsKey: encryption?.text('kms_key_arn'),
      },
    },
  };
};

/** Tables and queries over what lies in buckets. */
export const QUERYING: Readonly<Record<string, ResourceEntry>> = {
  aws_glue_catalog_database: {
    service: 'glue',
    create: [
      call('CreateDatabase', (of) => ({
        DatabaseInput: { Name: of.must('name'), Description: of.text('description') },
      })),
    ],
    made: (_answer, of, api) => ({
      id: `${api.accountId}:${of.must('name')}`,
      arn: api.arn('glue', `database/${of.must('name')}`),
      catalog_id: api.accountId,
    }),
    read: call('GetDatabase', (of) => ({ Name: of.must('name') })),
    found: (answer) => ({ description: answer.text('Database.Description') }),
    destroy: [call('DeleteDatabase', (of) => ({ Name: of.must('name') }))],
  },
  aws_glue_catalog_table: {
    service: 'glue',
    create: [call('CreateTable', table)],
    made: (_answer, of, api) => ({
      id: `${api.accountId}:${of.must('database_name')}:${of.must('name')}`,
      arn: api.arn('glue', `table/${of.must('database_name')}/${of.must('name')}`),
      catalog_id: api.accountId,
    }),
    update: [call('UpdateTable', table)],
    read: call('GetTable', (of) => ({ DatabaseName: of.must('database_name'), Name: of.must('name') })),
    found: (answer) => ({ table_type: answer.text('Table.TableType') }),
    destroy: [call('DeleteTable', (of) => ({ DatabaseName: of.must('database_name'), Name: of.must('name') }))],
  },
  aws_athena_workgroup: {
    service: 'athena',
    create: [
      call('CreateWorkGroup', (of) => ({
        Name: of.must('name'),
        Description: of.text('description'),
        Configuration: configuration(of),
      })),
    ],
    made: (_answer, of, api) => ({ id: of.must('name'), arn: api.arn('athena', `workgroup/${of.must('name')}`) }),
    read: call('GetWorkGroup', (of) => ({ WorkGroup: of.must('id') })),
    found: (answer) => (answer.text('WorkGroup.Name') === undefined ? undefined : there()),
    destroy: [
      call('DeleteWorkGroup', (of) => ({
        WorkGroup: of.must('id'),
        RecursiveDeleteOption: of.flag('force_destroy'),
      })),
    ],
  },
  aws_athena_named_query: {
    service: 'athena',
    by: 'stand-in',
    create: [
      call('CreateNamedQuery', (of) => ({
        Name: of.must('name'),
        Description: of.text('description'),
        Database: of.must('database'),
        QueryString: of.must('query'),
        WorkGroup: of.text('workgroup'),
      })),
    ],
    made: (answer) => ({ id: answer.text('NamedQueryId') }),
    read: call('BatchGetNamedQuery', (of) => ({ NamedQueryIds: [of.must('id')] })),
    found: (answer) => {
      const [query] = answer.list('NamedQueries');
      return query && { query: query.text('QueryString'), database: query.text('Database') };
    },
    destroy: [call('DeleteNamedQuery', (of) => ({ NamedQueryId: of.must('id') }))],
  },
};
