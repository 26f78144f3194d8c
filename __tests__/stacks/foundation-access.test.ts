import { variants } from './support/environments';
import { dig, type EmittedStack, sharedSynth, type SynthResult } from './support/synth';

let result: SynthResult;
let trial: EmittedStack;
let prod: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  expect(result.stderr).not.toContain('Error');
  trial = result.stack('test-foundation');
  prod = result.stack('prod-foundation');
});

const ACCOUNT = '111111111111';
const REGION = 'eu-north-1';
const secretArn = (name: string) => `\${aws_secretsmanager_secret.secret-${name}.arn}`;

describe('secrets', () => {
  it("have the seed's names and hold no value", () => {
    const names = Object.values(trial.all('aws_secretsmanager_secret')).map(({ name }) => name as string);
    expect(names.sort()).toEqual(['pipecat/daily-api-key', 'pipecat/start-api-key']);
    expect(trial.all('aws_secretsmanager_secret_version')).toEqual({});
  });

  it('are encrypted with a key of their own, which rotates', () => {
    const key = trial.one('aws_kms_key', 'secrets-key');
    expect(key).toMatchObject({ enable_key_rotation: true });
    for (const secret of Object.values(trial.all('aws_secretsmanager_secret'))) {
      expect(secret['kms_key_id']).toMatch(/^\$\{aws_kms_key\.secrets-key_\w+\.arn\}$/);
    }
  });

  it('refuse plain transport, and every reader but the role that starts tasks', () => {
    expect(trial.policy('aws_secretsmanager_secret_policy', 'secret-daily-api-key-policy')).toEqual({
      DenyPlainTransport: {
        Sid: 'DenyPlainTransport',
        Effect: 'Deny',
        Principal: '*',
        Action: 'secretsmanager:*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      DenyOtherReaders: {
        Sid: 'DenyOtherReaders',
        Effect: 'Deny',
        Principal: '*',
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
        Condition: {
          ArnNotEquals: { 'aws:PrincipalArn': [`arn:aws:iam::${ACCOUNT}:role/pipecat-voice-agent-test-execution`] },
        },
      },
    });
  });

  it('can be restored for a month in prod, and are gone at once in test, so that it can be made again', () => {
    expect(prod.one('aws_secretsmanager_secret', 'secret-daily-api-key')['recovery_window_in_days']).toBe(30);
    expect(trial.one('aws_secretsmanager_secret', 'secret-daily-api-key')['recovery_window_in_days']).toBe(0);
  });

  it('are looked up by the same names where they exist', () => {
    const given = result.stack('given-foundation');
    expect(given.all('aws_secretsmanager_secret')).toEqual({});
    const lookups = Object.values(
      dig(given.json, 'data', 'aws_secretsmanager_secret') as Record<string, { name: string }>,
    );
    expect(lookups.map(({ name }) => name).sort()).toEqual([
      'pipecat/admin-api-key',
      'pipecat/aws-credentials',
      'pipecat/daily-api-key',
      'pipecat/daily-pinless-hmac',
      'pipecat/phone-calls-key',
      'pipecat/start-api-key',
    ]);
  });

  it('include static AWS credentials only where the settings ask for them', () => {
    expect(Object.keys(prod.all('aws_secretsmanager_secret'))).not.toContain('secret-aws-credentials');
    expect(Object.keys(result.stack('small-foundation').all('aws_secretsmanager_secret'))).toContain(
      'secret-aws-credentials',
    );
  });
});

describe('the execution role', () => {
  const policy = () => trial.policy('aws_iam_role_policy', 'execution-role-policy');

  it("has the seed's statement, with the exact ARNs of the secrets instead of secret:pipecat/*", () => {
    expect(policy()['ReadSecrets']).toEqual({
      Sid: 'ReadSecrets',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      // A reference, so the six characters that Secrets Manager adds are in it.
      Resource: [secretArn('daily-api-key'), secretArn('start-api-key')],
    });
  });

  it('decrypts with the key of the secrets only, only through Secrets Manager, and only for these secrets', () => {
    expect(policy()['DecryptSecrets']).toMatchObject({
      Action: 'kms:Decrypt',
      Resource: expect.stringMatching(/^\$\{aws_kms_key\.secrets-key_\w+\.arn\}$/) as string,
      Condition: {
        StringEquals: {
          'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com`,
          'kms:EncryptionContext:SecretARN': [secretArn('daily-api-key'), secretArn('start-api-key')],
        },
      },
    });
  });

  it('writes to its own streams of its own group only', () => {
    expect(policy()['WriteOwnLogs']).toMatchObject({
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/pipecat-voice-agent-test:log-stream:ecs/*`,
    });
  });

  it('has one "*", at an action that knows no resource, and nothing else', () => {
    expect(Object.keys(policy())).toEqual([
      'ReadSecrets',
      'DecryptSecrets',
      'WriteOwnLogs',
      'PullImage',
      'LogInToRegistry',
    ]);
    const wide = Object.values(policy()).filter(({ Resource }) => Resource === '*');
    expect(wide.map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken']);
    expect(policy()['PullImage']!.Resource).toBe(
      `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/pipecat-voice-agent-test`,
    );
  });

  it("reads existing secrets under their own key, or under AWS's without a grant", () => {
    const given = result.stack('given-foundation').policy('aws_iam_role_policy', 'execution-role-policy');
    expect(given['DecryptSecrets']!.Resource).toBe(
      'arn:aws:kms:eu-north-1:333333333333:key/0f3c1d2e-0000-4000-8000-000000000000',
    );
    expect(given['ReadSecrets']!.Resource).toContain('${data.aws_secretsmanager_secret.secret-aws-credentials.arn}');
  });
});

describe('the task role', () => {
  const policy = () => trial.policy('aws_iam_role_policy', 'task-role-policy');

  it("has the seed's first statement and the bidirectional stream, for exactly the configured models in their region", () => {
    expect(policy()['InvokeConfiguredModels']).toEqual({
      Sid: 'InvokeConfiguredModels',
      Effect: 'Allow',
      Action: [
        'bedrock:InvokeModel',
        'bedrock:InvokeModelWithBidirectionalStream',
        'bedrock:InvokeModelWithResponseStream',
      ],
      Resource: 'arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-2-5-sonic',
    });
    expect(
      result.stack('given-foundation').policy('aws_iam_role_policy', 'task-role-policy')['InvokeConfiguredModels']!
        .Resource,
    ).toBe('arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-5-sonic');
    expect(
      result.stack('closed-foundation').policy('aws_iam_role_policy', 'task-role-policy')['InvokeConfiguredModels']!
        .Resource,
    ).toEqual([
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-5-sonic',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-sonic-v1:0',
    ]);
  });

  it("has the seed's optional second statement where the settings ask for it, with exact ARNs", () => {
    expect(policy()['ReadSecrets']).toBeUndefined();
    const given = result.stack('given-foundation').policy('aws_iam_role_policy', 'task-role-policy');
    expect(given['ReadSecrets']).toEqual({
      Sid: 'ReadSecrets',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: [
        ...['daily-api-key', 'aws-credentials', 'start-api-key', 'admin-api-key'],
        ...['daily-pinless-hmac', 'phone-calls-key'],
      ].map((name) => `\${data.aws_secretsmanager_secret.secret-${name}.arn}`),
    });
  });

  it('sees its own task and service, counts usage in its own table, puts records, and may do nothing else', () => {
    expect(Object.keys(policy())).toEqual([
      'InvokeConfiguredModels',
      'ProtectTasksWithCalls',
      'SeeOwnTask',
      'SeeOwnService',
      'CountUsage',
      'DecryptUsage',
      'PutRecords',
      'EncryptRecords',
    ]);
    expect(policy()['SeeOwnTask']).toMatchObject({
      Action: 'ecs:DescribeTasks',
      Resource: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/pipecat-voice-agent-test/*`,
      Condition: { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/pipecat-voice-agent-test` } },
    });
    expect(policy()['SeeOwnService']).toMatchObject({
      Action: 'ecs:DescribeServices',
      Resource: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/pipecat-voice-agent-test/pipecat-voice-agent-test`,
    });
    expect(policy()['CountUsage']).toMatchObject({
      Action: 'dynamodb:UpdateItem',
      Resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/pipecat-voice-agent-test-usage`,
    });
    expect(policy()['DecryptUsage']).toMatchObject({
      Action: 'kms:Decrypt',
      Condition: {
        StringEquals: {
          'kms:ViaService': `dynamodb.${REGION}.amazonaws.com`,
          'kms:EncryptionContext:aws:dynamodb:tableName': 'pipecat-voice-agent-test-usage',
        },
      },
    });
  });

  it('protects tasks of its own cluster', () => {
    expect(policy()['ProtectTasksWithCalls']).toMatchObject({
      Action: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
      Resource: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/pipecat-voice-agent-test/*`,
      Condition: { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/pipecat-voice-agent-test` } },
    });
  });

  it('is not the execution role, and both are assumed by ECS for this account only', () => {
    for (const id of ['execution-role', 'task-role']) {
      expect(trial.policy('aws_iam_role', id, 'assume_role_policy')).toEqual({
        AssumedForThisAccountOnly: {
          Sid: 'AssumedForThisAccountOnly',
          Effect: 'Allow',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': ACCOUNT },
            ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${REGION}:${ACCOUNT}:*` },
          },
        },
      });
    }
  });
});
