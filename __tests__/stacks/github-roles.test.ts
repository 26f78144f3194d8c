import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubSubjects, workflowSessionSeconds } from '../../stacks/names';
import { parseSettings } from '../../stacks/settings-file';
import { variants } from './support/environments';
import { dig, type EmittedStack, settingsOf, sharedSynth, type SynthResult } from './support/synth';

let result: SynthResult;
let trial: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  trial = result.stack('test-foundation');
});

const ACCOUNT = '111111111111';
const REGION = 'eu-north-1';

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

  it('A8: have sessions as long as a release may take: an hour, and as long as its traffic is moved', () => {
    const lengths = (stack: EmittedStack) =>
      ['deploy-role', 'plan-role', 'build-role'].map((id) => stack.one('aws_iam_role', id)['max_session_duration']);
    expect(lengths(trial)).toEqual([3_600, 3_600, 3_600]);
    const moved = { release: { strategy: 'linear', percent: 25, stepMinutes: 10, bakeMinutes: 15 } } as const;
    expect(
      workflowSessionSeconds(parseSettings('test.json', JSON.stringify({ ...settingsOf('test'), ...moved }))),
    ).toBe(3_600 + 60 * (3 * 10 + 15));
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
    const forbidden =
      /^(iam:(?!PassRole)|kms:(?!Decrypt|GenerateDataKey$)|secretsmanager:|ec2:(?!Describe)|s3:(Create|DeleteBucket|PutBucket)|ecr:(Create|Delete)|cloudtrail:)/;
    expect(all.filter((action) => forbidden.test(action))).toEqual([]);
  });

  it('A14: let a release tag what it releases, so that the registry keeps it', () => {
    expect(actions('deploy-role-policy').filter((action) => action.startsWith('ecr:'))).toEqual([
      'ecr:BatchGetImage',
      'ecr:DescribeImages',
      'ecr:DescribeImageScanFindings',
      'ecr:PutImage',
    ]);
  });

  it('C6: can read no secret by themselves; only a release can make a task that is given them', () => {
    for (const role of ['plan', 'build', 'deploy']) {
      const policy = Object.values(trial.policy('aws_iam_role_policy', `${role}-role-policy`));
      const reads = policy.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'));
      expect(reads.map(({ Effect, Resource }) => [Effect, Resource])).toEqual([['Deny', '*']]);
      const hands = policy.some(({ Action }) => [Action].flat().includes('iam:PassRole'));
      expect([role, hands]).toEqual([role, role === 'deploy']);
    }
    // As docs/infrastructure.md says it.
    const said = readFileSync(join(__dirname, '../../docs/infrastructure.md'), 'utf8').replaceAll(/\s+/g, ' ');
    expect(said).toContain('The deploy role can make tasks of any image under the execution role');
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
