import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OPS_ERROR_CODES } from '../../ops/cli/ops-error';
import { parse } from '../../ops/cli/parse';
import { COMMANDS } from '../../ops/commands';
import { parseDotenv } from '../../ops/environment/dotenv';
import { secretKinds } from '../../ops/secrets/catalogue';
import { shapeProblem } from '../../ops/secrets/shape';
import { parseSettings } from '../../stacks/settings-file';
import { describeWithAws } from './support/aws';
import { codeIn, readDocument, shellLines, tableRows } from './support/documents';
import { Estate } from './support/estate';
import { Project, testSettings } from './support/project';
import { SECRETS } from './support/values';

const RUNBOOK = readDocument('docs/runbook.md');
const DEPLOY = readDocument('docs/deploy.md');
const OPS = 'npm run ops -- ';
const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };

const opsCommands = (markdown: string): string[] =>
  codeIn(markdown)
    .filter((code) => code.startsWith(OPS))
    .map((code) => code.slice(OPS.length));
const awsCommands = [...new Set(codeIn(RUNBOOK).filter((code) => code.startsWith('aws ')))];

describe('the runbook and the deployment', () => {
  it.each([...new Set([...opsCommands(RUNBOOK), ...opsCommands(DEPLOY)])])(
    'npm run ops -- %s can be typed',
    (command) => {
      expect(parse(command.split(' '), COMMANDS).kind).toBe(command === '--help' ? 'overview' : 'run');
    },
  );

  it('name no script that there is not', () => {
    const named = [RUNBOOK, DEPLOY].flatMap((markdown) =>
      [...markdown.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? ''),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  it('leave no command out', () => {
    const shown = opsCommands(RUNBOOK + DEPLOY);
    expect(COMMANDS.map(({ name }) => name).filter((name) => !shown.some((one) => one.startsWith(name)))).toEqual([]);
    const needs = tableRows(RUNBOOK.split('## What the commands need')[1] ?? '').map(([name = '']) =>
      name.replaceAll('`', ''),
    );
    expect(needs.slice(1).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  it('have every code, once', () => {
    const rows = tableRows(RUNBOOK.split('## What `code` says')[1]?.split('## ')[0] ?? '');
    expect(rows.slice(1).map(([code = '']) => code.replaceAll('`', ''))).toEqual([...OPS_ERROR_CODES]);
  });

  it('go no further than the steps that are tested in order', () => {
    // __tests__/e2e/deploy-order.test.ts runs these lines, and no other.
    expect(shellLines(DEPLOY).length).toBeGreaterThan(10);
  });
});

describe('.env.example', () => {
  const { values, problems } = parseDotenv(readDocument('.env.example'));
  const settings = parseSettings('test.json', JSON.stringify(testSettings()));
  const known = secretKinds(settings).flatMap(({ fields }) => fields.map(({ key }) => key));

  it('is understood, and its placeholders are refused', () => {
    expect(problems).toEqual([]);
    expect([...values.keys()]).toEqual(['DAILY_API_KEY']);
    for (const [key, value] of values) expect(shapeProblem(key, value)).toMatchObject({ severity: 'failed' });
  });

  it('names only what is read', () => {
    const named = [...readDocument('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describeWithAws(
  "the runbook's commands of AWS's own",
  (aws) => {
    let project: Project;
    let estate: Estate;

    beforeAll(() => {
      project = new Project();
    });
    afterAll(() => project.remove());

    it('work as they are written', async () => {
      expect(awsCommands.length).toBeGreaterThan(2);
      estate = new Estate(aws().motoUrl);
      await estate.put('pipecat/start-api-key', { START_API_KEY: SECRETS.startKey });
      await estate.service();
      await estate.log([{ stream: 'ecs/pipecat-container/1', line: { level: 'info', msg: 'listening' } }]);
      estate.close();
      const outputs = await Promise.all(awsCommands.map((command) => run(command)));
      expect(outputs.join('')).toContain('"msg":"listening"');
      expect(outputs.join('')).toContain('"serviceName": "pipecat-voice-agent-test"');
      expect(outputs.join('')).toContain('111111111111');
    }, 30_000);
  },
  ['moto_server', 'aws'],
);

/** Runs a command of the `aws` CLI as it is written. */
async function run(command: string): Promise<string> {
  const [file = '', ...args] = command.split(' ');
  const { stdout } = await promisify(execFile)(file, args, {
    env: { ...process.env, AWS_DEFAULT_REGION: 'eu-north-1', AWS_PAGER: '' },
  });
  return stdout;
}
