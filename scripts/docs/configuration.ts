import { ALL_VARIABLES } from '../../contract/variables';
import { originOf } from '../../stacks/bot-variables';
import { markdownTable } from './markdown-table';

const INTRODUCTION = `# Configuration

The bot is configured by environment variables. All are checked when it starts: if any breaks its rule, the process
prints one line that names every such variable and its rule (never its value) and exits with 78. What is allowed and
yet likely a mistake is logged as \`configuration warning\`. A variable that is empty or blank counts as not set, and
blanks around a value are cut off.

In a deployment most come from a [setting](settings.md) of the environment: the last column says which. Those of
\`bot.variables\` are set there by their names, and checked by the same rules when the stacks are synthesised.

This page is made from \`contract/variables.ts\` by \`npm run docs\`.
`;

const ABOUT_AWS = `
Credentials for AWS come from the SDK's default chain: the task's role on ECS, a profile or \`AWS_ACCESS_KEY_ID\` and
\`AWS_SECRET_ACCESS_KEY\` (with \`AWS_SESSION_TOKEN\` where they are temporary) elsewhere. They are never copied into the
configuration. \`AWS_BEARER_TOKEN_BEDROCK\` is not used: Bedrock API keys cannot open bidirectional streams.

Rows marked 🔒 are secrets: their values appear in no log and no answer; \`/health\` says whether they are set.
`;

/** docs/configuration.md: the table that the bot reads its environment by. */
export function renderConfiguration(): string {
  const rows = ALL_VARIABLES.map(({ name, defaultText, rule, description, secret }) => [
    `\`${name}\`${secret ? ' 🔒' : ''}`,
    defaultText === '' ? '—' : defaultText,
    rule,
    description,
    originOf(name) ?? (secret ? 'not injected' : '`bot.variables`'),
  ]);
  const head = ['Variable', 'Default', 'Must be', 'What it is', 'In a deployment'];
  return `${INTRODUCTION}\n${markdownTable([head, ...rows])}${ABOUT_AWS}`;
}
