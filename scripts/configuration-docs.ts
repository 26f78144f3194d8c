/**
 * `npx tsx scripts/configuration-docs.ts` writes docs/configuration.md from the table that the bot reads its
 * environment by, so that the two cannot differ; a test refuses a file that is not current.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ALL_VARIABLES } from '../contract/variables';

export const CONFIGURATION_DOCS = path.join(__dirname, '../docs/configuration.md');

const INTRODUCTION = `# Configuration

The bot is configured by environment variables. All are checked when it starts: if any breaks its rule, the process
prints one line that names every such variable and its rule (never its value) and exits with 78. What is allowed and
yet likely a mistake is logged as \`configuration warning\`. A variable that is empty or blank counts as not set, and
blanks around a value are cut off.

This page is made from \`contract/variables.ts\` by \`npx tsx scripts/configuration-docs.ts\`.
`;

const ABOUT_AWS = `
Credentials for AWS come from the SDK's default chain: the task's role on ECS, a profile or \`AWS_ACCESS_KEY_ID\` and
\`AWS_SECRET_ACCESS_KEY\` (with \`AWS_SESSION_TOKEN\` where they are temporary) elsewhere. They are never copied into the
configuration. \`AWS_BEARER_TOKEN_BEDROCK\` is not used: Bedrock API keys cannot open bidirectional streams.

Rows marked 🔒 are secrets: their values appear in no log and no answer; \`/health\` says whether they are set.
`;

/** The page as it must be. */
export function renderConfiguration(): string {
  const head = ['Variable', 'Default', 'Must be', 'What it is'];
  const rows = ALL_VARIABLES.map(({ name, defaultText, rule, description, secret }) => [
    `\`${name}\`${secret ? ' 🔒' : ''}`,
    defaultText === '' ? '—' : defaultText,
    rule,
    description,
  ]);
  return `${INTRODUCTION}\n${table([head, ...rows])}${ABOUT_AWS}`;
}

/** A Markdown table with its columns aligned as the formatter of this repository does. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('*', '\\*')));
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? '')))) ?? [];
  const line = (row: readonly string[], fill: string): string =>
    `| ${row.map((cell, column) => cell + fill.repeat((widths[column] ?? 0) - widthOf(cell))).join(' | ')} |\n`;
  const [head = [], ...body] = cells;
  return (
    line(head, ' ') +
    line(
      widths.map(() => ''),
      '-',
    ) +
    body.map((row) => line(row, ' ')).join('')
  );
}

/** The lock is drawn two columns wide, and is two UTF-16 units long. */
function widthOf(text: string): number {
  return text.length;
}

if (require.main === module) writeFileSync(CONFIGURATION_DOCS, renderConfiguration());
