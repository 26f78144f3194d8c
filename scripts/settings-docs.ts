import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { settingsJsonSchema, settingsMarkdown } from '../stacks/settings-docs';

/*
 * `npm run docs:settings`: writes docs/settings.md and environments/settings.schema.json from the schema in
 * stacks/settings.ts. With --check it writes nothing and fails when they are not current.
 */
async function main(): Promise<number> {
  const files = [
    {
      path: join('docs', 'settings.md'),
      text: await format(settingsMarkdown(), { parser: 'markdown', printWidth: 120 }),
    },
    {
      path: join('environments', 'settings.schema.json'),
      text: await format(settingsJsonSchema(), { parser: 'json', printWidth: 120 }),
    },
  ];
  if (!process.argv.includes('--check')) {
    for (const { path, text } of files) writeFileSync(path, text);
    return 0;
  }
  const stale = files.filter(({ path, text }) => readFileSync(path, 'utf8') !== text);
  for (const { path } of stale) console.error(`${path} is not current: npm run docs:settings`);
  return stale.length === 0 ? 0 : 1;
}

void main().then((status) => {
  process.exitCode = status;
});
