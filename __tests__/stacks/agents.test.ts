import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { secretsOf } from '../../contract/secrets';
import { agentsOf, problemsBetween } from '../../stacks/agents';
import { parseSettings, SettingsError } from '../../stacks/settings-file';
import { ELSEWHERE, GATEWAY, served } from './support/agents';
import { dig, EmittedStack, objects, settingsOf, temporaryFolder } from './support/synth';

const ROOT = join(__dirname, '../..');
const ACCOUNT = String(settingsOf('test')['accountId']);
const FUNCTION = `arn:aws:lambda:eu-north-1:${ACCOUNT}:function:desk-book:live`;
const KNOWLEDGE = `arn:aws:bedrock:eu-north-1:${ACCOUNT}:knowledge-base/ABCDEFGHIJ`;

const settings = (more: object = {}) => parseSettings('test.json', JSON.stringify({ ...settingsOf('test'), ...more }));

describe('an environment whose agents have tools of every kind', () => {
  const folder = temporaryFolder();
  let foundation: EmittedStack;
  let service: EmittedStack;

  beforeAll(() => {
    const outdir = join(folder.path, 'out');
    const app = join(__dirname, 'support/agents-app.ts');
    const env = { PATH: process.env['PATH'], CDKTF_OUTDIR: outdir };
    const { status, stderr } = spawnSync(process.execPath, ['scripts/cdktf-app.mjs', app], {
      cwd: ROOT,
      encoding: 'utf8',
      env,
    });
    expect([status, stderr]).toEqual([0, '']);
    foundation = new EmittedStack('test-foundation', join(outdir, 'stacks/test-foundation/cdk.tf.json'));
    service = new EmittedStack('test-service', join(outdir, 'stacks/test-service/cdk.tf.json'));
  });
  afterAll(() => folder.remove());

  it('gives its task exactly these functions, knowledge bases and gateways, by one action each', () => {
    const { InvokeFunctionsOfTools, AskKnowledgeBasesOfTools, CallGatewaysOfTools } = foundation.policy(
      'aws_iam_role_policy',
      'task-role-policy',
    );
    expect([InvokeFunctionsOfTools, AskKnowledgeBasesOfTools, CallGatewaysOfTools]).toEqual([
      {
        Sid: 'InvokeFunctionsOfTools',
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [FUNCTION, ELSEWHERE].sort(),
      },
      { Sid: 'AskKnowledgeBasesOfTools', Effect: 'Allow', Action: 'bedrock:Retrieve', Resource: KNOWLEDGE },
      { Sid: 'CallGatewaysOfTools', Effect: 'Allow', Action: 'bedrock-agentcore:InvokeGateway', Resource: GATEWAY },
    ]);
  });

  it('makes a secret for each agent that needs one, readable by the execution role alone', () => {
    const secrets = foundation.all('aws_secretsmanager_secret');
    const names = Object.values(secrets).map(({ name, description }) => [name, description]);
    expect(names).toEqual(
      expect.arrayContaining([
        ['pipecat/agent-desk', 'For tools of the agent desk: {"DB_PASSWORD", "DESK_KEY", "SHARED_KEY"}'],
        ['pipecat/agent-bills', 'For tools of the agent bills: {"BILLS_KEY"}'],
      ]),
    );
    expect(names).toHaveLength(4);
    const { DenyOtherReaders } = foundation.policy('aws_secretsmanager_secret_policy', 'secret-agent-desk-policy');
    expect(DenyOtherReaders?.Condition).toEqual({
      ArnNotEquals: {
        'aws:PrincipalArn': [`arn:aws:iam::${ACCOUNT}:role/pipecat-voice-agent-test-execution`],
      },
    });
    const { ReadSecrets } = foundation.policy('aws_iam_role_policy', 'execution-role-policy');
    expect([ReadSecrets?.Resource].flat().sort()).toEqual(
      Object.keys(secrets).map((id) => `\${aws_secretsmanager_secret.${id}.arn}`),
    );
    expect(foundation.policy('aws_iam_role_policy', 'task-role-policy')['ReadSecrets']).toBeUndefined();
  });

  it('injects each key once, the shared one from the first agent that names it', () => {
    const injected = objects(service.container()['secrets']).map(
      ({ name, valueFrom }): [name: string, from: string] => [String(name), String(valueFrom)],
    );
    const ofAgents = injected.filter(([name]) => !/^(DAILY|START)_/.test(name));
    expect(ofAgents.map(([name]) => name)).toEqual(['DB_PASSWORD', 'DESK_KEY', 'SHARED_KEY', 'BILLS_KEY']);
    expect(ofAgents.map(([, from]) => /agent-([a-z]+)arn/.exec(from)?.[1])).toEqual(['desk', 'desk', 'desk', 'bills']);
    expect(ofAgents[0]![1]).toMatch(/}:DB_PASSWORD::$/);
  });

  it('tells the bot whom it serves, those it can hand over to included, and where people are', () => {
    const variables = Object.fromEntries(
      objects(service.container()['environment']).map(({ name, value }) => [String(name), value]),
    );
    expect(variables).toMatchObject({
      AGENT: 'desk',
      AGENTS: 'desk,bills',
      TRANSFER_DESTINATIONS: 'reception=tel:+46123456,sales=sip:sales@desk.example',
    });
  });

  it('lets its tasks out to the ports of the tools, and to no port twice', () => {
    const out = Object.values(foundation.all('aws_vpc_security_group_egress_rule')).filter(
      ({ cidr_ipv4: range }) => range !== undefined,
    );
    const ports = out.map((rule) => [rule['ip_protocol'], rule['from_port'], rule['to_port']]);
    expect(ports.filter(([, from, to]) => from === to && Number(from) > 5_349)).toEqual([
      ['tcp', 5_432, 5_432],
      ['tcp', 8_443, 8_443],
    ]);
    expect(new Set(ports.map((one) => one.join())).size).toBe(ports.length);
    expect(out.map(({ description }) => description)).toContain('Tools of agents on port 5432');
  });

  it('lets exactly that through the endpoints that it asks for', () => {
    const policies = Object.values(foundation.all('aws_vpc_endpoint'))
      .map(({ service_name: name, policy }) => [String(name), JSON.parse(String(policy)) as unknown] as const)
      .filter(([name]) => !/s3|dynamodb/.test(name));
    const resources = Object.fromEntries(
      policies.map(([name, policy]) => [name, dig(policy, 'Statement', 0, 'Resource')]),
    );
    expect(resources).toEqual({
      'com.amazonaws.eu-north-1.lambda': [FUNCTION, ELSEWHERE].sort(),
      'com.amazonaws.eu-north-1.bedrock-agent-runtime': KNOWLEDGE,
      'com.amazonaws.eu-north-1.bedrock-agentcore.gateway': GATEWAY,
    });
  });
});

describe('what agents need of the settings', () => {
  it('is asked for by name', async () => {
    expect(problemsBetween(settings(), await served('desk'))).toEqual([
      'destinations.reception: must be set: agents/desk can transfer calls there',
    ]);
    expect(problemsBetween(settings({ destinations: { reception: 'tel:+46123' } }), await served('desk'))).toEqual([]);
  });

  it('is all that endpoints are there for', async () => {
    const network = { kind: 'new', endpoints: ['lambda', 'logs'] };
    expect(problemsBetween(settings({ network }), await served('quiet'))).toEqual([
      'network.endpoints: must not name lambda: no tool of these agents goes through it',
    ]);
    const [problem] = problemsBetween(
      settings({
        region: 'us-east-1',
        destinations: { reception: 'tel:+46123' },
        network: { kind: 'new', endpoints: ['bedrock-agentcore.gateway'] },
      }),
      await served('desk'),
    );
    expect(problem).toContain('is not in us-east-1');
  });

  it('is refused with agent and rule where an agent is not there', async () => {
    const refused = agentsOf(settings({ agents: ['nobody'] })).catch((error: unknown) => error as SettingsError);
    const error = await refused;
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as SettingsError).problems[0]).toMatch(
      /^the environment test: agents\/nobody: agents\/nobody\/agent\.ts cannot be loaded/,
    );
  });

  it('needs no secret where no tool names one', async () => {
    const ids = async (...names: ('quiet' | 'bills')[]) =>
      secretsOf(settings(), await served(...names)).flatMap(({ id }) => (id.startsWith('agent-') ? [id] : []));
    expect(await ids('quiet')).toEqual([]);
    expect(await ids('quiet', 'bills')).toEqual(['agent-bills']);
  });

  it.each([
    [{ agents: [] }, 'agents: must name at least one agent'],
    [{ agents: ['Front desk'] }, 'agents.0: must be the name of a folder in agents/'],
    [{ agents: ['desk', 'desk'] }, 'agents: must not name the same twice'],
    [{ destinations: { reception: 'ask Jane' } }, 'destinations.reception: must be "tel:+441234567890"'],
    [{ destinations: { 'the desk': 'tel:+46123' } }, 'destinations.the desk'],
  ])('%j is refused', (wrong, problem) => {
    expect(() => settings(wrong)).toThrow(problem);
  });
});
