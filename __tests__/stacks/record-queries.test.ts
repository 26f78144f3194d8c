import { callRecordSchema, recordKey } from '../../contract/call-record';
import { recordColumns } from '../../stacks/constructs/record-columns';
import { RECORD_QUERIES } from '../../stacks/constructs/saved-record-queries';
import { variants } from './support/environments';
import { type Attributes, dig, type EmittedStack, sharedSynth, type SynthResult } from './support/synth';

const typeOf = (name: string) => recordColumns().find((column) => column.name === name)?.type;

describe('the columns of records', () => {
  it('are the fields of their schema, in lower case, each once', () => {
    const names = recordColumns().map(({ name }) => name);
    expect(names).toEqual(Object.keys(callRecordSchema.shape).map((field) => field.toLowerCase()));
    expect(new Set(names).size).toBe(names.length);
  });

  it('have the types that the SerDe reads, nested as the record is', () => {
    expect(typeOf('version')).toBe('bigint');
    expect(typeOf('ended')).toBe('boolean');
    expect(typeOf('costusd')).toBe('double');
    expect(typeOf('waits')).toBe('array<struct<startms:bigint,durationms:bigint,for:string>>');
    expect(typeOf('turns')).toBe(
      'array<struct<by:string,agent:string,startms:bigint,endms:bigint,text:string,via:string,iscut:boolean,issecret:boolean,' +
        'answer:struct<answerms:bigint,endpointingms:bigint,modelms:bigint,playoutms:bigint>>>',
    );
  });

  it('have nothing of what tools were told and answered, which has no type', () => {
    expect(typeOf('tools')).toBe(
      'array<struct<name:string,agent:string,startms:bigint,durationms:bigint,outcome:string>>',
    );
  });
});

describe('saved queries', () => {
  it.each(RECORD_QUERIES.map((query) => [query.name, query.sql]))('%s: ask for fields that there are', (_name, sql) => {
    const [, list = '', one = ''] = /UNNEST\((\w+)\) AS unnested \((\w+)\)/.exec(sql) ?? [];
    const asked = [...sql.matchAll(new RegExp(`\\b${one}\\."?(\\w+)`, 'g'))].map(([, field = '']) => field);
    expect(asked.length).toBeGreaterThan(2);
    for (const field of asked) expect(typeOf(list)).toMatch(new RegExp(`[<,]${field}:`));
    expect(sql).toMatch(/WHERE day >= /);
  });
});

describe('queries over records', () => {
  const BUCKET = 's3://pipecat-voice-agent-abcdefghijkl-records-666666666666';
  let result: SynthResult;
  let asked: EmittedStack;
  beforeAll(() => {
    result = sharedSynth(variants());
    asked = result.stack('abcdefghijkl-foundation');
  });

  it('find every day’s folder as records are laid out, and no recording', () => {
    const table = asked.one('aws_glue_catalog_table');
    const template = dig(table, 'parameters', 'storage.location.template') as string;
    // `$${` is Terraform's way to write `${`.
    expect(template).toBe(`${BUCKET}/calls/records/date=$\${day}/`);
    const key = recordKey({ callId: 'c', agent: 'clinic', startedAt: '2026-11-27T23:59:59.000Z' });
    expect(`${BUCKET}/calls/${key}`.startsWith(template.replace('$${day}', '2026-11-27'))).toBe(true);
    expect(dig(table, 'parameters', 'projection.day.range')).toBe('NOW-32DAYS,NOW');
    expect(dig(table, 'storage_descriptor')).toMatchObject({
      columns: recordColumns(),
      ser_de_info: { serialization_library: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    });
  });

  it("leave results beside the records, under the records' key, for a day", () => {
    const configuration = dig(asked.one('aws_athena_workgroup'), 'configuration') as Attributes;
    expect(configuration).toMatchObject({
      enforce_workgroup_configuration: true,
      result_configuration: {
        output_location: `${BUCKET}/queries/`,
        expected_bucket_owner: '666666666666',
        encryption_configuration: {
          encryption_option: 'SSE_KMS',
          kms_key_arn: expect.stringMatching(/^\$\{aws_kms_key\.records-key_\w+\.arn\}$/) as string,
        },
      },
    });
    expect(asked.one('aws_s3_bucket_lifecycle_configuration', 'records')['rule']).toContainEqual({
      id: 'expire-sooner',
      status: 'Enabled',
      filter: [{ prefix: 'queries/' }],
      expiration: [{ days: 1 }],
    });
  });

  it('are three, saved in a workgroup that can be destroyed after use', () => {
    expect(Object.values(asked.all('aws_athena_named_query')).map(({ name }) => name)).toEqual(
      RECORD_QUERIES.map(({ name }) => name),
    );
    expect(asked.one('aws_athena_workgroup')['force_destroy']).toBe(true);
  });

  it('are allowed to no role: a plan sees that they are there', () => {
    const policies = Object.values(asked.all('aws_iam_role_policy')).map(({ policy }) => policy as string);
    const allowed = policies.flatMap((policy) => policy.match(/"(athena|glue):\w+"/g) ?? []);
    expect(allowed.map((action) => action.replaceAll('"', ''))).toEqual([
      'athena:GetNamedQuery',
      'athena:GetWorkGroup',
      'athena:ListTagsForResource',
      'glue:GetDatabase',
      'glue:GetPartitionIndexes',
      'glue:GetTable',
      'glue:GetTags',
    ]);
    expect(asked.policy('aws_iam_role_policy', 'plan-role-policy')).toHaveProperty('DescribeQueries');
  });

  it('are not there unless a setting asks for them', () => {
    expect(JSON.stringify(result.stack('test-foundation').json)).not.toMatch(/athena|glue|queries\//);
  });
});
