import { existsSync, readFileSync } from 'node:fs';
import { tableRows } from '../ops/support/documents';

const [, cases = '', faults = ''] = readFileSync('docs/phone-tests.md', 'utf8').split(/^## .*$/m);
const files = (cell = ''): string[] => [...cell.matchAll(/`([\w/-]+)`/g)].map(([, name = '']) => name);

const textOf = (name: string): string => {
  const file = `__tests__/${name}.test.ts`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

it('docs/phone-tests.md has each of the 24 cases once, with tests that are named for it', () => {
  const rows = tableRows(cases).slice(1);
  expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  const missing = rows.flatMap(([number = '', , tests]) =>
    files(tests).filter((name) => !new RegExp(`['"\`]phone (\\d+, )*${number}[:,]`).test(textOf(name))),
  );
  expect(missing).toEqual([]);
});

it('docs/phone-tests.md has for each fault a test that is named for it', () => {
  const rows = tableRows(faults).slice(1);
  expect(rows.length).toBeGreaterThan(30);
  const missing = rows.flatMap(([fault = '', , , tests]) =>
    files(tests)
      .filter((name) => !textOf(name).includes(fault))
      .map((name) => `${fault} in ${name}`),
  );
  expect(missing).toEqual([]);
});
