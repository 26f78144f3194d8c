import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES_BETWEEN_SETTINGS } from '../../stacks/settings-rules';

describe('npm run docs -- --check', () => {
  it('finds that configuration, costs, metrics, settings and their schema are what the code says now', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/docs/main.ts', '--check'], {
      encoding: 'utf8',
    });
    expect([stderr, status]).toEqual(['', 0]);
  });
});

describe('docs/settings.md', () => {
  it('describes every setting', () => {
    const rows = readFileSync(join('docs', 'settings.md'), 'utf8').match(/^\| `.*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(55);
    for (const row of rows) expect(row).toMatch(/\| \S[^|]* \|$/);
  });

  it('names every rule between settings', () => {
    const text = readFileSync(join('docs', 'settings.md'), 'utf8');
    for (const { path, text: rule } of RULES_BETWEEN_SETTINGS) expect(text).toContain(`\`${path.join('.')}\` ${rule}.`);
  });
});
