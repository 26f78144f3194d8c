import { createRequire } from 'node:module';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { agentWarnings, defineAgent, fromBrowser, loadAgents, z } from '../../../contract/agent';
import { filesOf } from '../../../ops/agent/template';
import { ops } from '../support/cli';
import { Project } from '../support/project';

const ROOT = join(__dirname, '../../..');
const WISHES = { business: 'a bakery', task: 'takes orders', language: 'fr-FR', voice: 'ambre', greeting: 'Bonjour !' };

describe('agent new', () => {
  const project = new Project();
  afterAll(() => project.remove());
  const run = (...argv: string[]) => ops(['agent', 'new', ...argv], { folder: project.folder });

  it('writes a folder that passes the checks', async () => {
    const { code, stdout } = await run('bakery', '--business', "Anna's bakery", '--language', 'de-DE');
    expect([code, stdout]).toEqual([0, expect.stringContaining('npm run dev -- --agent bakery')]);
    expect(project.read('agents/bakery/agent.ts')).toBe(
      [
        "import { defineAgent, endCall, knowledge } from '../../contract/agent';",
        '',
        'export default defineAgent({',
        "  language: 'de-DE',",
        "  voice: 'lennart',",
        `  greeting: "Hello, this is Anna's bakery. How can I help?",`,
        '  tools: {',
        '    look_up: knowledge(),',
        '    end_call: endCall(),',
        '  },',
        '});',
        '',
      ].join('\n'),
    );
    symlinkSync(join(ROOT, 'contract'), project.path('contract'));
    const load = createRequire(__filename);
    const [agent] = await loadAgents(
      ['bakery'],
      (name) => Promise.resolve(load(project.path('agents', name, 'agent.ts')) as unknown),
      { promptFile: (name) => project.read(`agents/${name}/prompt.md`) },
    );
    expect(Object.keys(agent!.definition.tools!)).toEqual(['look_up', 'end_call']);
    expect(agentWarnings('bakery', agent!.definition)).toEqual([]);
  });

  it.each([
    ['bakery', [], 'agents/bakery is there already'],
    ['Bakery', [], '<name> must be 1 to 31 of a-z, 0-9 and "-"'],
    ['cafe', ['--voice', 'amy'], 'agents/cafe: voice must be one that speaks en-US'],
    ['cafe', ['--language', 'xx'], 'agents/cafe: language must be one that the model speaks'],
    ['cafe', ['--greeting', 'Hello {{you}}.'], 'agents/cafe: greeting must name variables: {{you}} is none'],
    ['cafe', ['--task', 'sells\ncoffee'], '--task must be one line'],
  ])('%s %j is refused, and nothing is written', async (name, options, problem) => {
    const before = readdirSync(project.path('agents'), { recursive: true });
    const { code, stderr } = await run(name, ...options);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(problem);
    expect(readdirSync(project.path('agents'), { recursive: true })).toEqual(before);
  });

  it('breaks a long line as Prettier does, and escapes what a string cannot hold', () => {
    const greeting = `It's "${'so '.repeat(40)}" \\ long.`;
    expect(filesOf({ ...WISHES, greeting })['agent.ts']).toContain(
      `  greeting:\n    'It\\'s "${'so '.repeat(40)}" \\\\ long.',\n`,
    );
  });
});

describe('agent show and agent check', () => {
  const project = new Project();
  afterAll(() => project.remove());
  const run = (command: string) => ops(command, { folder: project.folder });

  it('say of an agent that there is what it is, and whether it can be served', async () => {
    const shown = await run('agent show assistant --json');
    expect([shown.code, shown.json.findings[0]]).toMatchObject([
      0,
      { section: 'agents/assistant', subject: 'language' },
    ]);
    const checked = await run('agent check --agent assistant --json');
    expect([checked.code, checked.json.findings[0]]).toMatchObject([0, { status: 'ok', subject: 'agents/assistant' }]);
  });

  it('say of one that there is not what was meant', async () => {
    const { code, stderr } = await run('agent show asistant');
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is assistant')]);
    const checked = await run('agent check --agent nobody');
    expect([checked.code, checked.stdout]).toEqual([
      1,
      expect.stringContaining('agents/nobody/agent.ts cannot be loaded'),
    ]);
  });
});

describe('agent check, of agents that would not start', () => {
  const project = new Project();
  const CONTRACT = "import { defineAgent, knowledge } from '../../contract/agent';\n";
  beforeAll(() => symlinkSync(join(ROOT, 'contract'), project.path('contract')));
  afterAll(() => project.remove());

  it.each([
    [
      'a folder of pages that is not there',
      'export default defineAgent({ tools: { look: knowledge() } });',
      'tools.look.folder must be beside the agent: there is no knowledge/',
    ],
    [
      'another room',
      "import '../../contract/models';\nexport default defineAgent({});",
      'agent.ts must not import ../../contract/models: an agent',
    ],
    [
      'an agent beside it',
      "import type x from '../other/agent';\nexport default defineAgent({});",
      'agent.ts must not import ../other/agent: an agent',
    ],
    [
      'a word too much',
      "process.stdout.write('hello');\nexport default defineAgent({});",
      'agent.ts cannot be loaded: it prints while it is loaded',
    ],
    [
      'an exception that tells a secret',
      'throw new TypeError(`no ${process.env.BAKERY_KEY}`);',
      'agent.ts cannot be loaded: TypeError: no [secret]',
    ],
    [
      'a placeholder that is open',
      "export default defineAgent({ greeting: 'Hello {{name.' });",
      'greeting must close each {{ by }}',
    ],
  ])('says what is wrong with %s', async (what, text, rule) => {
    const name = `a-${what.replaceAll(' ', '-').slice(0, 20)}`.replace(/-$/, '');
    project.write(`agents/${name}/agent.ts`, CONTRACT + text);
    process.env['BAKERY_KEY'] = 'the-key-of-the-bakery';
    const { code, stdout } = await ops(['agent', 'check', '--agent', name], { folder: project.folder });
    delete process.env['BAKERY_KEY'];
    expect([code, stdout]).toEqual([1, expect.stringContaining(rule)]);
    expect(stdout).not.toMatch(/the-key-of-the-bakery|hello/);
  });

  it('says which placeholder was meant', () => {
    const variables = z.object({ name: fromBrowser(z.string()) });
    expect(agentWarnings('x', defineAgent({ greeting: 'Hello {name}, or {{name}}, or {you}.', variables }))).toEqual([
      'agents/x: greeting has {name}, which is said as it stands: {{name}} is filled in',
    ]);
  });
});
