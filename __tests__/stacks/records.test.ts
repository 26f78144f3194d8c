import { variants } from './support/environments';
import { containerVariables, dig, type EmittedStack, objects, sharedSynth, type SynthResult } from './support/synth';

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

describe('events of calls', () => {
  const of = () => result.stack('abcdefghijkl-foundation');
  const OTHER = '666666666666';
  const NAME = 'pipecat-voice-agent-abcdefghijkl';
  const QUEUE = `arn:aws:sqs:eu-north-1:${OTHER}:${NAME}-calls-undelivered`;

  it('are said by the task on one bus, and put into one queue where nobody takes them', () => {
    const task = of().policy('aws_iam_role_policy', 'task-role-policy');
    expect(task['SayCallEvents']).toMatchObject({
      Action: 'events:PutEvents',
      Resource: `arn:aws:events:eu-north-1:${OTHER}:event-bus/${NAME}`,
    });
    expect(task['KeepUndelivered']).toMatchObject({ Action: 'sqs:SendMessage', Resource: QUEUE });
    expect(Object.keys(trial.policy('aws_iam_role_policy', 'task-role-policy'))).not.toContain('SayCallEvents');
    expect(trial.all('aws_cloudwatch_event_bus')).toEqual({});
  });

  it('go to every target by a rule of the bus, and what one does not take to the queue, by that rule alone', () => {
    const targets = Object.values(of().all('aws_cloudwatch_event_target'));
    expect(targets).toHaveLength(2);
    for (const target of targets) {
      expect(target).toMatchObject({
        dead_letter_config: { arn: QUEUE },
        event_bus_name: expect.any(String) as string,
      });
    }
    expect(JSON.parse(of().one('aws_cloudwatch_event_rule')['event_pattern'] as string)).toEqual({
      source: ['voice-agent'],
    });
    expect(of().policy('aws_sqs_queue_policy', 'call-events-undelivered-policy')['OwnRuleOnly']).toMatchObject({
      Condition: {
        ArnEquals: { 'aws:SourceArn': `arn:aws:events:eu-north-1:${OTHER}:rule/${NAME}/${NAME}-calls` },
        StringEquals: { 'aws:SourceAccount': OTHER },
      },
    });
    expect(of().one('aws_sqs_queue', 'call-events-undelivered')).toMatchObject({
      message_retention_seconds: 1_209_600,
    });
  });

  it('and records are set in the container: bucket, bus, queue, webhook, and the keys from their secrets', () => {
    const container = result.stack('abcdefghijkl-service').container();
    expect(containerVariables(container)).toMatchObject({
      CALL_RECORDS: `s3://${NAME}-records-${OTHER}/calls`,
      CALL_EVENTS_BUS: NAME,
      CALL_EVENTS_UNDELIVERED: `https://sqs.eu-north-1.amazonaws.com/${OTHER}/${NAME}-calls-undelivered`,
      CALL_EVENTS_WEBHOOK: 'https://crm.example.com:8443/calls',
    });
    expect((container['secrets'] as { name: string }[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['CALL_RECORDS_KEY', 'CALL_EVENTS_KEY', 'CALL_EVENTS_KEY_OTHER']),
    );
    const small = containerVariables(result.stack('small-service').container());
    expect(Object.keys(small).filter((name) => name.startsWith('CALL_'))).toEqual([]);
  });

  it('have a way out to the webhook, and an alarm on what nobody took', () => {
    expect(of().one('aws_vpc_security_group_egress_rule', 'tasks-out-call-events')).toMatchObject({ from_port: 8_443 });
    expect(
      result.stack('abcdefghijkl-service').one('aws_cloudwatch_metric_alarm', 'alarm-call-events-undelivered'),
    ).toMatchObject({
      dimensions: { QueueName: `${NAME}-calls-undelivered` },
      threshold: 1,
    });
  });
});
