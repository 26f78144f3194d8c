import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Runs a script of package.json as npm does, where no other program can be found. */
function run(script: string, ...args: string[]) {
  const [tsx = '', ...given] = (scripts[script] ?? '').split(' ');
  expect(tsx).toBe('tsx');
  const file = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const env = { PATH: path.join(ROOT, 'none'), HOME: ROOT };
  return spawnSync(process.execPath, [file, ...given, ...args], { cwd: ROOT, encoding: 'utf8', env });
}

describe('programs as npm runs them', () => {
  it.each(['image:check', 'rehearse:deploy', 'rehearse:cloud'])(
    'U7: %s --help says how, and does no work',
    (script) => {
      const { status, stdout, stderr } = run(script, '--help');
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^usage: npm run ${script}\\b`));
      expect(run(script, '--hlep').status).toBe(2);
    },
  );

  it('U7: ops gets --env-file, which Node itself would take', () => {
    const { status, stderr } = run('ops', 'secrets', 'setup', '--environment', 'test', '--env-file', 'none.env');
    expect([status, stderr]).toEqual([1, expect.stringContaining('none.env cannot be read (ENOENT)') as string]);
  });
});
