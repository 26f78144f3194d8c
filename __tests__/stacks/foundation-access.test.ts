import { githubSubjects } from '../../stacks/names';
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
      Resource: ['daily-api-key', 'aws-credentials', 'start-api-key', 'admin-api-key'].map(
        (name) => `\${data.aws_secretsmanager_secret.secret-${name}.arn}`,
      ),
    });
  });

  it('sees its own task and service, counts usage in its own table, and may do nothing else', () => {
    expect(Object.keys(policy())).toEqual([
      'InvokeConfiguredModels',
      'ProtectTasksWithCalls',
      'SeeOwnTask',
      'SeeOwnService',
      'CountUsage',
      'DecryptUsage',
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

describe("GitHub's roles", () => {
  const actions = (id: string) =>
    Object.values(trial.policy('aws_iam_role_policy', id))
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);

  it('are assumed by exact subjects alone: the gated environment deploys, the other builds, both it and pull requests plan', () => {
    const subject = (stack: EmittedStack, id: string) =>
      stack.policy('aws_iam_role', id, 'assume_role_policy')['ExactlyThisSubject']!.Condition;
    expect(subject(trial, 'deploy-role')).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': 'repo:example/pipecat-voice-agent:environment:test',
      },
    });
    expect(subject(trial, 'plan-role')!['StringEquals']).toMatchObject({
      'token.actions.githubusercontent.com:sub': [
        'repo:example/pipecat-voice-agent:pull_request',
        'repo:example/pipecat-voice-agent:environment:test-build',
      ],
    });
    expect(subject(trial, 'build-role')!['StringEquals']).toMatchObject({
      'token.actions.githubusercontent.com:sub': 'repo:example/pipecat-voice-agent:environment:test-build',
    });
    expect(subject(result.stack('given-foundation'), 'deploy-role')!['StringEquals']).toMatchObject({
      'token.actions.githubusercontent.com:sub': 'repo:example@123456/pipecat-voice-agent@456789:environment:staging',
    });
  });

  it.each([
    [{ repository: 'a/b' }, ['repo:a/b']],
    [{ repository: 'a/b', ownerId: '1', repositoryId: '2' }, ['repo:a@1/b@2']],
    [{ repository: 'a/b', ownerId: '1', repositoryId: '2', subject: 'names' as const }, ['repo:a/b']],
    [{ repository: 'a/b', ownerId: '1', repositoryId: '2', subject: 'both' as const }, ['repo:a/b', 'repo:a@1/b@2']],
  ])('A1: trust the forms of subject that the repository sends, of %j', (github, subjects) => {
    expect(githubSubjects({ createProvider: true, ...github })).toEqual(subjects);
  });

  it('A17: and every other role has the path and the boundary that the account asks for', () => {
    const foundation = result.stack('given-foundation');
    for (const role of Object.values(foundation.all('aws_iam_role'))) {
      expect(role).toMatchObject({
        path: '/voice/',
        permissions_boundary: 'arn:aws:iam::333333333333:policy/boundary',
      });
    }
    expect(result.stack('given-service').one('aws_ecs_task_definition')['task_role_arn']).toBe(
      'arn:aws:iam::333333333333:role/voice/pipecat-voice-agent-given-task',
    );
    expect(trial.one('aws_iam_role', 'task-role')).not.toHaveProperty('path');
  });

  it("A2: let a release make and delete the alarms of target tracking, of this service's names only", () => {
    expect(trial.policy('aws_iam_role_policy', 'deploy-role-policy')['ChangeAlarms']!.Resource).toContain(
      `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:TargetTracking-service/pipecat-voice-agent-test/pipecat-voice-agent-test-*`,
    );
  });

  it('C1: attach the firewall by the rights of both generations', () => {
    expect(actions('deploy-role-policy')).toEqual(
      expect.arrayContaining([
        'wafv2:AssociateWebACL',
        'elasticloadbalancing:CreateWebACLAssociation',
        'elasticloadbalancing:DeleteWebACLAssociation',
      ]),
    );
    expect(actions('plan-role-policy')).toContain('elasticloadbalancing:GetLoadBalancerWebACL');
  });

  it('C10: register revisions of their own task definition alone', () => {
    expect(trial.policy('aws_iam_role_policy', 'deploy-role-policy')['ReviseTaskDefinition']!.Resource).toBe(
      `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/pipecat-voice-agent-test:*`,
    );
  });

  it('let a plan only read: no action that writes, no secret', () => {
    expect(actions('plan-role-policy').filter((action) => !/:(Get|List|Describe|Validate)[A-Z]/.test(action))).toEqual([
      'kms:Decrypt',
    ]);
    expect(trial.policy('aws_iam_role_policy', 'plan-role-policy')['NeverReadSecrets']).toMatchObject({
      Effect: 'Deny',
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    });
  });

  it('let a plan read the states and no other object', () => {
    expect(trial.policy('aws_iam_role_policy', 'plan-role-policy')['ReadState']!.Resource).toEqual([
      `arn:aws:s3:::pipecat-voice-agent-test-state-${ACCOUNT}/foundation.tfstate`,
      `arn:aws:s3:::pipecat-voice-agent-test-state-${ACCOUNT}/service.tfstate`,
    ]);
  });

  it('let a release change the service stack, and nothing of the foundation', () => {
    const all = actions('deploy-role-policy');
    expect(all).toContain('ecs:UpdateService');
    // A14: and tags what it releases, so that the registry keeps it.
    expect(all.filter((action) => action.startsWith('ecr:'))).toEqual([
      'ecr:BatchGetImage',
      'ecr:DescribeImages',
      'ecr:DescribeImageScanFindings',
      'ecr:PutImage',
    ]);
    const forbidden =
      /^(iam:(?!PassRole)|kms:(?!Decrypt|GenerateDataKey$)|secretsmanager:|ec2:(?!Describe)|s3:(Create|DeleteBucket|PutBucket)|ecr:(Create|Delete)|cloudtrail:)/;
    expect(all.filter((action) => forbidden.test(action))).toEqual([]);
  });

  it('let a build push images, and nothing else', () => {
    const all = actions('build-role-policy');
    expect(all).toContain('ecr:PutImage');
    expect(all.filter((action) => !action.startsWith('ecr:'))).toEqual([]);
  });

  it('let a release hand each role to the one service that uses it', () => {
    const policy = trial.policy('aws_iam_role_policy', 'deploy-role-policy');
    const passed = Object.values(policy).filter(({ Action }) => Action === 'iam:PassRole');
    expect(
      passed.map(({ Resource, Condition }) => [Resource, Condition!['StringEquals']!['iam:PassedToService']]),
    ).toEqual([
      [
        [
          `arn:aws:iam::${ACCOUNT}:role/pipecat-voice-agent-test-execution`,
          `arn:aws:iam::${ACCOUNT}:role/pipecat-voice-agent-test-task`,
        ],
        'ecs-tasks.amazonaws.com',
      ],
      [
        [
          `arn:aws:iam::${ACCOUNT}:role/pipecat-voice-agent-test-restart`,
          `arn:aws:iam::${ACCOUNT}:role/pipecat-voice-agent-test-notify`,
        ],
        'states.amazonaws.com',
      ],
      [`arn:aws:iam::${ACCOUNT}:role/pipecat-voice-agent-test-trigger`, 'events.amazonaws.com'],
    ]);
  });

  it('write to the state of the service stack only, and take its lock', () => {
    const policy = trial.policy('aws_iam_role_policy', 'deploy-role-policy');
    const bucket = `arn:aws:s3:::pipecat-voice-agent-test-state-${ACCOUNT}`;
    expect(policy['WriteServiceState']!.Resource).toBe(`${bucket}/service.tfstate`);
    expect(policy['LockServiceState']).toMatchObject({
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      Resource: `${bucket}/service.tfstate.tflock`,
    });
  });

  it("are not made where no repository is named, and use the account's provider where it has one", () => {
    expect(Object.keys(result.stack('small-foundation').all('aws_iam_role'))).not.toContain('deploy-role');
    const given = result.stack('given-foundation');
    expect(given.all('aws_iam_openid_connect_provider')).toEqual({});
    expect(dig(given.json, 'data', 'aws_iam_openid_connect_provider')).toBeDefined();
  });
});

describe('what a release may do where its traffic is moved, or its smoke call comes from inside', () => {
  const deploy = (environment: string) =>
    result.stack(`${environment}-foundation`).policy('aws_iam_role_policy', 'deploy-role-policy');
  const account = 'arn:aws:elasticloadbalancing:us-east-1:555555555555';
  const closed = 'pipecat-voice-agent-closed';

  it('A17: takes a release back, and changes the rules of its own load balancer', () => {
    expect(deploy('closed')['StopServiceDeployment']).toMatchObject({
      Action: 'ecs:StopServiceDeployment',
      Resource: `arn:aws:ecs:us-east-1:555555555555:service-deployment/${closed}/${closed}/*`,
    });
    expect(deploy('closed')['ChangeListenerRules']!.Resource).toEqual([
      `${account}:listener/app/${closed}/*`,
      `${account}:listener-rule/app/${closed}/*`,
    ]);
    expect(deploy('closed')['PassRoleToEcs']).toMatchObject({
      Resource: `arn:aws:iam::555555555555:role/${closed}-traffic`,
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs.amazonaws.com' } },
    });
    const traffic = result.stack('closed-foundation').policy('aws_iam_role_policy', 'traffic-role-policy');
    expect(traffic['RegisterTasks']!.Resource).toEqual([
      `${account}:targetgroup/${closed}/*`,
      `${account}:targetgroup/pipecat-voice-next-closed/*`,
    ]);
    expect(traffic['MoveTraffic']!.Resource).toEqual(deploy('closed')['ChangeListenerRules']!.Resource);
  });

  it('A9: runs its own task in its own cluster, only where the load balancer is internal', () => {
    const conditions = { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:us-east-1:555555555555:cluster/${closed}` } };
    expect(deploy('closed')['RunSmokeCall']).toMatchObject({
      Action: 'ecs:RunTask',
      Resource: `arn:aws:ecs:us-east-1:555555555555:task-definition/${closed}:*`,
      Condition: conditions,
    });
    expect(deploy('closed')['EndSmokeCall']).toMatchObject({ Condition: conditions });
    for (const right of ['RunSmokeCall', 'StopServiceDeployment', 'ChangeListenerRules', 'PassRoleToEcs']) {
      expect(deploy('test')).not.toHaveProperty(right);
    }
    expect(trial.all('aws_iam_role')).not.toHaveProperty('traffic-role');
  });
});
