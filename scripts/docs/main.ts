import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formattedCosts, renderPages } from './pages';

/*
 * `npm run docs` writes every page that is made from what the code reads. With --check it writes nothing and fails when
 * one is not current; with --prices <file> it prints the page of costs for your own prices and calls.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, prices: { type: 'string' } } });
  if (values.prices !== undefined) {
    console.log(await formattedCosts(values.prices));
    return;
  }
  for (const { name, file, text, isCurrent } of await renderPages()) {
    if (isCurrent) continue;
    // Whoever has settings elsewhere may do without the folder, and its schema.
    if (values.check && name.startsWith('environments/') && !existsSync(file)) continue;
    if (values.check) {
      console.error(`${name} is not current: npm run docs`);
      process.exitCode = 1;
    } else {
      writeFileSync(file, text);
      console.log(name);
    }
  }
}

void main();
