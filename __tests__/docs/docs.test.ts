import { TWILIO_PATHS } from '../../bot/transport/twilio';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ERROR_CATALOGUE } from '../../bot/errors';

describe('docs/errors.md', () => {
  const rows = readFileSync('docs/errors.md', 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => /^`\w+`$/.test(cells[1] ?? ''));

  it('has one line for every code of the catalogue, and no other', () => {
    const documented = rows.map((cells) => cells[1]?.slice(1, -1)).sort();
    expect(documented).toEqual(Object.keys(ERROR_CATALOGUE).sort());
  });

  it('says status and retryability as the catalogue does, and what is seen, meant and to be done', () => {
    for (const [, code = '', status, again, seen, meaning, advice] of rows) {
      const { status: expected, retryable } = ERROR_CATALOGUE[code.slice(1, -1) as keyof typeof ERROR_CATALOGUE];
      expect([code, status, again]).toEqual([code, String(expected), retryable ? 'yes' : 'no']);
      for (const words of [seen, meaning, advice]) expect(words).toMatch(/^.{8,}\.$/);
    }
  });
});

describe('docs/http-api.md', () => {
  it('names every route the app has', () => {
    const sources = readdirSync('bot/http', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(`bot/http/${file}`, 'utf8'));
    const routes = sources.flatMap((source) => [...source.matchAll(/'(\/[^']*)': \{/g)].map((m) => m[1]));
    routes.push(...Object.values(TWILIO_PATHS).filter((path) => !path.endsWith('/')));
    expect(routes.length).toBeGreaterThanOrEqual(10);
    const documented = readFileSync('docs/http-api.md', 'utf8');
    for (const route of routes) expect(documented).toContain(`\`${String(route)}\``);
  });
});

describe('docs/architecture.md', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const rowsOf = (title: string): string[][] =>
    (page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.trim()));
  const pathsIn = (cell = ''): string[] => [...cell.matchAll(/`([\w./-]+)`/g)].map((match) => match[1] ?? '');

  it('names rooms that there are', () => {
    const rooms = rowsOf('The map').flatMap((cells) => pathsIn(cells[1]));
    expect(rooms.length).toBeGreaterThan(20);
    expect(rooms.filter((room) => !existsSync(room))).toEqual([]);
  });

  it('says of each path that went where it went', () => {
    const rows = rowsOf('Where it was').map((cells) => ({ old: pathsIn(cells[1]), now: pathsIn(cells[2]) }));
    expect(rows.length).toBeGreaterThan(80);
    expect(rows.flatMap(({ old }) => old).filter((path) => existsSync(path))).toEqual([]);
    expect(rows.flatMap(({ now }) => now).filter((path) => path.includes('/') && !existsSync(path))).toEqual([]);
  });
});

describe('docs/unproved.md', () => {
  it('has each fact once, with its source, symptom, switch and what settles it', () => {
    const rows = readFileSync('docs/unproved.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('|') && !/^\|( fact | -)/.test(line))
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    const facts = rows.map(([, fact]) => fact);
    expect(facts.length).toBeGreaterThan(80);
    expect(facts.filter((fact, at) => facts.indexOf(fact) !== at)).toEqual([]);
    expect(rows.filter((cells) => cells.length !== 7 || cells.slice(1, -1).includes(''))).toEqual([]);
  });
});
