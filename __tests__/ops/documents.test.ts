import { OPS_ERROR_CODES } from '../../ops/cli/ops-error';
import { parse } from '../../ops/cli/parse';
import { COMMANDS } from '../../ops/commands';
import { parseDotenv } from '../../ops/environment/dotenv';
import { secretsOf } from '../../contract/secrets';
import { shapeProblem } from '../../ops/secrets/shape';
import { parseSettings } from '../../stacks/settings-file';
import { codeIn, readDocument, shellLines, tableRows } from './support/documents';
import { testSettings } from './support/project';

const RUNBOOK = readDocument('docs/runbook.md');
const DEPLOY = readDocument('docs/deploy.md');
const RELEASES = readDocument('docs/releases.md');
const OPS = 'npm run ops -- ';
const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };

const opsCommands = (markdown: string): string[] =>
  codeIn(markdown)
    .filter((code) => code.startsWith(OPS))
    .map((code) => code.slice(OPS.length));

describe('the runbook and the deployment', () => {
  it.each([...new Set([...opsCommands(RUNBOOK), ...opsCommands(DEPLOY), ...opsCommands(RELEASES)])])(
    'npm run ops -- %s can be typed',
    (command) => {
      expect(parse(command.split(' '), COMMANDS).kind).toBe(command.endsWith('--help') ? 'overview' : 'run');
    },
  );

  it('name no script that there is not', () => {
    const named = [RUNBOOK, DEPLOY, RELEASES].flatMap((markdown) =>
      [...markdown.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? ''),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  it('leave no command out', () => {
    const shown = opsCommands(RUNBOOK + DEPLOY + RELEASES);
    expect(COMMANDS.map(({ name }) => name).filter((name) => !shown.some((one) => one.startsWith(name)))).toEqual([]);
    const needs = tableRows(RUNBOOK.split('## What the commands need')[1] ?? '').map(([name = '']) =>
      name.replaceAll('`', ''),
    );
    // docs/releases.md names the role of each step of a release.
    const families = COMMANDS.map(({ name }) => name.replace(/^release .*/, 'release …'));
    expect(needs.slice(1).sort()).toEqual([...new Set(families)].sort());
  });

  it('have every code, once', () => {
    const rows = tableRows(RUNBOOK.split('## What `code` says')[1]?.split('## ')[0] ?? '');
    expect(rows.slice(1).map(([code = '']) => code.replaceAll('`', ''))).toEqual([...OPS_ERROR_CODES]);
  });

  it('go no further than the steps that are tested in order', () => {
    // __tests__/e2e/deploy-order.slow.test.ts runs these lines, and no other.
    expect(shellLines(DEPLOY).length).toBeGreaterThan(10);
  });
});

describe('.env.example', () => {
  const { values, problems } = parseDotenv(readDocument('.env.example'));
  const settings = parseSettings('test.json', JSON.stringify(testSettings()));
  const known: string[] = secretsOf(settings, []).flatMap(({ fields }) => fields.map(({ key }) => key));

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
