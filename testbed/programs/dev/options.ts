import { parseArgs } from 'node:util';
import { nearest } from '../../../ops/cli/nearest';

export const DEV_HELP = `npm run dev -- [options]

The bot from its sources, with its page, as a developer wants it: agents are read anew when a file of theirs changes, and the
page shows what tools are asked and answer. Variables of .env are set; without AWS credentials a stand-in speaks for the model.

  --agent NAME   who answers: a folder in agents/ [AGENT, or assistant]
  --help`;

/** @throws Error with one line for the user */
export function parseDevOptions(argv: readonly string[], agents: readonly string[]): { agent?: string } | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: { agent: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return 'help';
  const { agent } = values;
  if (agent === undefined) return {};
  requireAgent(agent, agents);
  return { agent };
}

/** @throws Error with one line for the user when no folder has this name */
export function requireAgent(name: string, agents: readonly string[]): void {
  if (agents.includes(name)) return;
  const meant = nearest(name, agents);
  const hint = meant === undefined ? `there are: ${agents.join(', ')}` : `there is ${meant}`;
  const made = 'A new one: npm run ops -- agent new NAME';
  throw new Error(`--agent ${JSON.stringify(name)}: there is no agents/${name}/agent.ts; ${hint}. ${made}`);
}
