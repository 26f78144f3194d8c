import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { shellLines } from '../ops/support/documents';

/* What docs/agents/README.md has a builder type who keeps up with us, in a repository and a copy of it. */
const LINES = shellLines(readFileSync(join(__dirname, '../../docs/agents/README.md'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'voice-agent-upstream-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ENV = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
const sh = (repository: string, line: string): string =>
  execFileSync('sh', ['-c', line], { cwd: join(folder, repository), env: ENV, encoding: 'utf8', stdio: 'pipe' });
function commit(repository: string, name: string, text: string): void {
  const file = join(folder, repository, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  sh(repository, 'git add -A && git -c user.name=b -c user.email=b@example.com commit -qm x');
}
const typed = (beginning: string): string => LINES.find((line) => line.startsWith(beginning)) ?? `no ${beginning}`;

describe('keeping up with upstream', () => {
  it('meets nothing of a builder’s own, and one line says whether something else was changed', () => {
    mkdirSync(join(folder, 'ours'));
    sh('ours', 'git init -q -b main .');
    commit('ours', 'bot/main.ts', 'one');
    commit('ours', 'agents/clinic/agent.ts', 'one');
    sh('.', 'git clone -q -o upstream ours theirs');
    commit('theirs', 'agents/dentist/agent.ts', 'mine');
    commit('theirs', 'environments/prod.json', '{}');
    commit('ours', 'bot/main.ts', 'two');
    sh('theirs', typed('git fetch'));
    expect(sh('theirs', typed('git diff'))).toBe('');

    sh('theirs', 'git config user.name b && git config user.email b@example.com');
    sh('theirs', typed('git merge'));
    expect(readFileSync(join(folder, 'theirs/bot/main.ts'), 'utf8')).toBe('two');
    expect(sh('theirs', typed('git diff'))).toBe('');

    commit('theirs', 'bot/main.ts', 'mine, too');
    expect(sh('theirs', typed('git diff'))).toContain('bot/main.ts | 2');
  });
});
