import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { COMMANDS } from '../../ops/commands';
import { readPrices } from '../../ops/costs/prices';
import { renderCosts } from '../../scripts/docs/costs';

const ROOT = join(__dirname, '../..');
const { scripts, version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  version: string;
  license: string;
};

/** Every Markdown file of the project's own. */
function markdownFiles(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name));
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top, '.github/pull_request_template.md', ...docs].filter((name) => name.endsWith('.md'));
}

/** What GitHub makes of a heading, for links into a page. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));

describe.each(markdownFiles())('%s', (name) => {
  const text = readFileSync(join(ROOT, name), 'utf8');

  it('names only npm scripts that exist', () => {
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map((match) => match[1] ?? '');
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  it('names only commands of the operator that exist', () => {
    const known = COMMANDS.map(({ name: one }) => one);
    const named = [...text.matchAll(/npm run ops -- ([a-z]+(?: [a-z]+)?)/g)].map(([, words = '']) => words);
    const isKnown = (words: string): boolean =>
      known.some((one) => one === words.split(' ')[0] || `${one} `.startsWith(`${words} `));
    expect(named.filter((words) => !isKnown(words))).toEqual([]);
  });

  it('links only to files that exist, and to headings that are in them', () => {
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g)].map((match) => match[1] ?? '');
    const broken = links.filter((link) => {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? join(ROOT, name) : resolve(ROOT, dirname(name), file);
      return !existsSync(target) || (heading !== undefined && !anchorsOf(target).includes(heading));
    });
    expect(broken).toEqual([]);
  });

  it('links to other hosts by https only', () => {
    const plain = [...text.matchAll(/\]\((http:[^)\s]+)/g)].map(([, link]) => link);
    expect(plain).toEqual([]);
  });
});

describe('the commands of README.md', () => {
  const blocks = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```(?:bash|sh)\n([\s\S]*?)```/g)];
  const commands = blocks.flatMap(([, block]) => block!.split(/\n|&&/).map((line) => line.trim())).filter(Boolean);

  const [toTry, ofOps] = [/^npm (ci|test|run demo)$/, /^npm run ops -- ([a-z]+) --environment test {2,}# /];

  it('are the two that it takes, and each is npm’s or a script that exists', () => {
    expect(commands.filter((command) => toTry.test(command))).toEqual(['npm ci', 'npm run demo', 'npm ci', 'npm test']);
  });

  it('end with those of an operator, which `npm run rehearse:cloud` runs', () => {
    const others = commands.filter((command) => !toTry.test(command));
    expect(others.map((command) => ofOps.exec(command)?.[1])).toEqual(['deploy', 'destroy']);
    const known = COMMANDS.map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(['deploy', 'destroy']));
  });

  it('run: what they start are programs that can be started', () => {
    // The demo is run as a whole in e2e/demo.slow.test.ts, and `npm test` is what runs this.
    for (const script of ['demo', 'test']) {
      const [program = '', file = ''] = scripts[script]!.split(' ');
      expect([script, ['node', 'tsx'].includes(program), existsSync(join(ROOT, file))]).toEqual([script, true, true]);
    }
    expect(execFileSync(process.execPath, ['--check', join(ROOT, 'scripts/test.mjs')], { encoding: 'utf8' })).toBe('');
  });
});

describe('the release', () => {
  it('has its part in CHANGELOG.md, newest first', () => {
    const versions = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## \[([^\]]+)\]/gm)].map(([, one]) => one);
    expect(versions).toContain(version);
    expect(versions[0]).toBe('Unreleased');
  });

  it('is under the licence that package.json names', () => {
    expect(license).toBe('BSD-2-Clause');
    expect(readFileSync('LICENSE', 'utf8')).toMatch(/^BSD 2-Clause License/);
  });

  it('is locked to the provider that the stacks are written for', () => {
    const lock = readFileSync('providers/terraform.lock.hcl', 'utf8');
    const bindings = readFileSync('node_modules/@cdktf/provider-aws/lib/provider/index.js', 'utf8');
    const [, wanted] = /providerVersion: '([\d.]+)'/.exec(bindings) ?? [];
    expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
    expect(lock).toContain(`version     = "${wanted!}"`);
    // Fourteen platforms and the release's manifest.
    expect(new Set(lock.match(/"zh:[0-9a-f]{64}"/g)).size).toBeGreaterThanOrEqual(15);
  });
});

describe('docs/costs.md', () => {
  const inputs = readPrices();

  it('is what npm run docs makes of docs/prices.json', () => {
    const figures = (page: string): string[] => page.match(/\$[\d,]+\.?\d*/g) ?? [];
    expect(figures(readFileSync('docs/costs.md', 'utf8'))).toEqual(figures(renderCosts(inputs)));
  });

  it('adds up', () => {
    const zero = Object.fromEntries(Object.entries(inputs.prices).map(([name, one]) => [name, { ...one, usd: 0 }]));
    const page = renderCosts({ ...inputs, prices: { ...zero, dailyMinute: { usd: 0.5, unit: '', of: '' } } });
    // Two participants at half a dollar a minute, and nothing else.
    expect(page).toMatch(/\| all +\| \$1\.0000 +\|/);
    expect(page).toMatch(/\| all +\| \$0\.00 +\| \$1,000\.00 +\| \$100,000\.00 +\|/);
  });
});
