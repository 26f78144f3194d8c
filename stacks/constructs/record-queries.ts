import { AthenaNamedQuery } from '@cdktf/provider-aws/lib/athena-named-query';
import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { RECORDS_FOLDER } from '../../contract/call-record';
import type { AwsStack } from '../aws-stack';
import { QUERY_RESULTS_PREFIX, RECORDS_PREFIX, RECORDS_TABLE } from '../names';
import { recordColumns } from './record-columns';
import { RECORD_QUERIES } from './saved-record-queries';

/** Five cents at Athena's list price; a month of a busy service's records is less. */
const MAX_SCANNED_BYTES = 10 * 1024 ** 3;

/** Where records are asked about as a table: its saved queries, and a workgroup that leaves results beside the records. */
export function recordQueries(stack: AwsStack, keyArn: string): void {
  const { names, settings } = stack;
  const database = recordsTable(stack);
  const workgroup = new AthenaWorkgroup(stack, 'records-workgroup', {
    name: names.recordsWorkgroup,
    description: `Queries over the records of calls of ${names.base}`,
    // With its history: otherwise one that was used cannot be destroyed.
    forceDestroy: true,
    configuration: {
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: MAX_SCANNED_BYTES,
      resultConfiguration: {
        outputLocation: `s3://${names.recordsBucket}/${QUERY_RESULTS_PREFIX}`,
        expectedBucketOwner: settings.accountId,
        encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKeyArn: keyArn },
      },
    },
  });
  for (const { name, description, sql } of RECORD_QUERIES) {
    new AthenaNamedQuery(stack, `records-query-${name.replaceAll(' ', '-')}`, {
      name,
      description,
      workgroup: workgroup.name,
      database: database.name,
      query: sql,
    });
  }
}

/** A row for each record, by day. Recordings are no part of it. */
function recordsTable(stack: AwsStack): GlueCatalogDatabase {
  const { names, settings } = stack;
  const location = `s3://${names.recordsBucket}/${RECORDS_PREFIX}${RECORDS_FOLDER}/`;
  const database = new GlueCatalogDatabase(stack, 'records-database', {
    name: names.recordsDatabase,
    description: `Records of calls of ${names.base}`,
  });
  new GlueCatalogTable(stack, 'records-table', {
    name: RECORDS_TABLE,
    databaseName: database.name,
    description: 'A row for each call: docs/call-records.md',
    tableType: 'EXTERNAL_TABLE',
    /*
     * The folders of agents below a day's are read with it: `agent` is a field of the record, and as a partition would
     * need a list of all agents that ever answered. S3 may take a day to delete what has expired.
     */
    partitionKeys: [{ name: 'day', type: 'string', comment: 'of startedat, UTC: 2026-11-27' }],
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'json',
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy-MM-dd',
      'projection.day.interval': '1',
      'projection.day.interval.unit': 'DAYS',
      'projection.day.range': `NOW-${settings.records.retentionDays + 2}DAYS,NOW`,
      // Athena's own template, which Terraform would otherwise fill in.
      'storage.location.template': `${location}date=$\${day}/`,
    },
    storageDescriptor: {
      location,
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      columns: recordColumns(),
      // Hive's and not OpenX's, which refuses a row where what a tool was told has keys that differ in case alone.
      serDeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    },
  });
  return database;
}
