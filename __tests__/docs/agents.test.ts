import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { agentsIn } from '../../testbed/programs/dev/agents';
import { parseDevOptions } from '../../testbed/programs/dev/options';
import { ops } from '../ops/support/cli';
import { shellLines } from '../ops/support/documents';
import { Project } from '../ops/support/project';

const ROOT = join(__dirname, '../..');
const OPS = 'npm run ops -- ';
const DEV = 'npm run dev -- ';

describe('docs/agents/README.md', () => {
  const text = readFileSync(join(ROOT, 'docs/agents/README.md'), 'utf8');
  const lines = shellLines(text);
  const project = new Project();
  afterAll(() => project.remove());

  it('has commands that work in the order in which they stand', async () => {
    // A project with the examples, in which a new agent is made.
    symlinkSync(join(ROOT, 'contract'), project.path('contract'));
    mkdirSync(project.path('agents'));
    for (const name of ['assistant', 'billing', 'clinic']) {
      symlinkSync(join(ROOT, 'agents', name), project.path('agents', name));
    }
    expect(lines.length).toBeGreaterThan(2);
    // Those about a repository are typed in docs/upstream.slow.test.ts, and what dev does in testbed/programs/dev.
    for (const line of lines.filter((one) => !/^git |^npm ci /.test(one))) {
      if (line.startsWith(DEV)) {
        const names = agentsIn(project.folder);
        expect(parseDevOptions(line.slice(DEV.length).split(' '), names)).toEqual({ agent: 'dentist' });
        continue;
      }
      expect(line.startsWith(OPS)).toBe(true);
      const argv = [...line.slice(OPS.length).matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, word]) => quoted ?? word ?? '',
      );
      const { code, stderr } = await ops(argv, { folder: project.folder });
      expect([line, code, stderr]).toEqual([line, 0, '']);
    }
  });

  it('shows of the clinic what is in its folder', () => {
    const unindented = (code: string): string => code.replaceAll(/^\s+/gm, '').trim();
    const [, shown = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    expect(unindented(readFileSync(join(ROOT, 'agents/clinic/agent.ts'), 'utf8'))).toContain(unindented(shown));
  });
});
