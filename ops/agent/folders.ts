import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentsError, loadAgents, type ServedAgent } from '../../contract/agent';
import { nearest } from '../cli/nearest';
import { OpsError } from '../cli/ops-error';
import { requireAgent } from './require-agent';

const AGENTS = join(__dirname, '../../agents');

/** Names of the agents that there are. */
export const agentNames = (): string[] =>
  readdirSync(AGENTS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** The text of `prompt.md` in an agent's folder, if there is one. */
export function promptFileOf(name: string): string | undefined {
  const file = join(AGENTS, name, 'prompt.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Agents and those they can hand calls to. @throws AgentsError */
export const loadByName = (...names: string[]): Promise<readonly ServedAgent[]> =>
  loadAgents(names, requireAgent, { promptFile: promptFileOf });

/** One agent. @throws OpsError `not_found`, `definition_invalid` */
export async function oneAgent(name: string): Promise<ServedAgent> {
  const names = agentNames();
  if (!names.includes(name)) {
    const meant = nearest(name, names);
    throw new OpsError(
      'not_found',
      `There is no such folder in agents/${meant === undefined ? '' : `; there is ${meant}`}.`,
    );
  }
  try {
    const [agent] = await loadByName(name);
    if (agent !== undefined) return agent;
    throw new OpsError('not_found', 'There is no such agent.');
  } catch (error) {
    if (!(error instanceof AgentsError)) throw error;
    throw new OpsError('definition_invalid', error.problems.join('; '), 'docs/agents/README.md has the rules.');
  }
}
