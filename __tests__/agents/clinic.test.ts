import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type EmittedStack,
  objects,
  settingsOf,
  synth,
  type SynthResult,
  temporaryFolder,
} from '../stacks/support/synth';

/* The example of docs/agents/README.md: how little has to be written for it, and how little it may. */
const FOLDER = join(__dirname, '../../agents/clinic');

describe('agents/clinic', () => {
  it('is at most three files and forty lines that somebody writes, besides what it says and knows', () => {
    const written = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isFile());
    const code = written.filter(({ name }) => name.endsWith('.ts'));
    expect(written.length).toBeLessThanOrEqual(3);
    const lines = code.flatMap(({ name }) => readFileSync(join(FOLDER, name), 'utf8').trimEnd().split('\n'));
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
  });
});

describe('an environment that serves agents/clinic', () => {
  const folder = temporaryFolder();
  let result: SynthResult;
  let foundation: EmittedStack;
  const account = String(settingsOf('test')['accountId']);

  beforeAll(() => {
    result = synth(folder.path, { test: { ...settingsOf('test'), agents: ['clinic'] } });
    expect([result.status, result.stderr.replace(/^.*WARNING.*\n/gm, '')]).toEqual([0, '']);
    foundation = result.stack('test-foundation');
  });
  afterAll(() => folder.remove());

  it('plans its secret and the grant of it', () => {
    expect(foundation.one('aws_secretsmanager_secret', 'secret-agent-clinic')['name']).toBe('pipecat/agent-clinic');
    const { ReadSecrets } = foundation.policy('aws_iam_role_policy', 'execution-role-policy');
    expect(ReadSecrets?.Resource).toContain('${aws_secretsmanager_secret.secret-agent-clinic.arn}');
    const injected = objects(result.stack('test-service').container()['secrets']).map(({ name }) => name);
    expect(injected).toEqual(expect.arrayContaining(['CLINIC_KEY', 'BILLING_TOKEN']));
  });

  it('may invoke its one function, and no other tool of AWS', () => {
    const statements = foundation.policy('aws_iam_role_policy', 'task-role-policy');
    expect(statements['InvokeFunctionsOfTools']).toEqual({
      Sid: 'InvokeFunctionsOfTools',
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: `arn:aws:lambda:eu-north-1:${account}:function:clinic-book`,
    });
    expect(Object.keys(statements).filter((sid) => /Tools$/.test(sid))).toEqual(['InvokeFunctionsOfTools']);
  });

  it('is let out by the port of its hosts, 443, and by no port more than any agent', () => {
    const ports = Object.keys(foundation.all('aws_vpc_security_group_egress_rule'));
    expect(ports.some((id) => id.startsWith('tasks-out-https'))).toBe(true);
    expect(ports.filter((id) => id.startsWith('tasks-out-tools'))).toEqual([]);
  });
});
