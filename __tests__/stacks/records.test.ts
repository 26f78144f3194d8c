import { variants } from './support/environments';
import { dig, type EmittedStack, objects, sharedSynth, type SynthResult } from './support/synth';

let result: SynthResult;
let trial: EmittedStack;
let prod: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  trial = result.stack('test-foundation');
  prod = result.stack('prod-foundation');
});

const ACCOUNT = '111111111111';
const BUCKET = `arn:aws:s3:::pipecat-voice-agent-test-records-${ACCOUNT}`;

describe('records of calls', () => {
  it('lie under a key of their own, which rotates, and that the task may only encrypt with', () => {
    expect(trial.one('aws_kms_key', 'records-key')).toMatchObject({ enable_key_rotation: true });
    const [rule] = objects(trial.one('aws_s3_bucket_server_side_encryption_configuration', 'records')['rule']);
    expect(rule).toEqual({
      apply_server_side_encryption_by_default: {
        kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\.records-key_\w+\.arn\}$/) as string,
        sse_algorithm: 'aws:kms',
      },
      bucket_key_enabled: true,
    });
    expect(trial.policy('aws_iam_role_policy', 'task-role-policy')['EncryptRecords']).toMatchObject({
      Action: 'kms:GenerateDataKey',
      Condition: {
        StringEquals: {
          'kms:ViaService': 's3.eu-north-1.amazonaws.com',
          'kms:EncryptionContext:aws:s3:arn': BUCKET,
        },
      },
    });
  });

  it('are put by the task below their prefix, and nothing else is done with them by any role', () => {
    const touching = result.names
      .filter((name) => name.endsWith('-foundation'))
      .flatMap((name) => Object.values(result.stack(name).all('aws_iam_role_policy')))
      .map(({ policy }) => policy as string)
      .filter((policy) => policy.includes('-records-'))
      .flatMap(
        (policy) => (JSON.parse(policy) as { Statement: { Action: string; Resource: string | string[] }[] }).Statement,
      )
      .filter(({ Resource }) => String(Resource).includes('-records-') && String(Resource).includes('/'));
    expect(new Set(touching.map(({ Action }) => Action))).toEqual(new Set(['s3:PutObject']));
    expect(trial.policy('aws_iam_role_policy', 'task-role-policy')['PutRecords']).toMatchObject({
      Action: 's3:PutObject',
      Resource: `${BUCKET}/calls/*`,
    });
  });

  it('come by the free endpoint of a network of ours, which lets nothing else through', () => {
    expect(trial.policy('aws_vpc_endpoint', 'endpoint-s3')['PutRecords']).toMatchObject({
      Action: 's3:PutObject',
      Resource: `${BUCKET}/calls/*`,
      Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } },
    });
  });

  it('are gone when their time is over, and when they are deleted', () => {
    expect(trial.one('aws_s3_bucket_versioning', 'records')['versioning_configuration']).toEqual({
      status: 'Disabled',
    });
    expect(
      objects(result.stack('closed-foundation').one('aws_s3_bucket_lifecycle_configuration', 'records')['rule']),
    ).toEqual([
      {
        id: 'clean-up',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        expiration: [{ days: 3 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }],
      },
    ]);
  });

  it('are logged: who reads and who deletes', () => {
    expect(trial.one('aws_s3_bucket_logging')).toMatchObject({
      bucket: expect.stringContaining('records_bucket') as string,
      target_bucket: expect.stringContaining('access-logs_bucket') as string,
      target_prefix: 'calls/',
    });
    expect(trial.policy('aws_s3_bucket_policy', 'access-logs_policy')['RecordsAreLogged']).toMatchObject({
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Resource: `arn:aws:s3:::pipecat-voice-agent-test-access-logs-${ACCOUNT}/calls/*`,
      Condition: { ArnLike: { 'aws:SourceArn': BUCKET }, StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    });
  });

  it('go with a trial that is destroyed, and keep a production from being destroyed', () => {
    expect(trial.one('aws_s3_bucket', 'records')['force_destroy']).toBe(true);
    expect(prod.one('aws_s3_bucket', 'records')).toMatchObject({
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('are not kept where the settings say so: no bucket, no key, no permission', () => {
    const small = result.stack('small-foundation');
    expect(JSON.stringify(small.json)).not.toMatch(/records-(key|logging)|PutRecords|RecordsAreLogged/);
    expect(dig(small.json, 'resource', 'aws_s3_bucket')).not.toHaveProperty('records_bucket_8B69485B');
  });
});
