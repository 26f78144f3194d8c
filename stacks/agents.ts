import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentsError, loadAgents, type ServedAgent } from '../contract/agent';
import { DEFAULT_MODEL_ID } from '../contract/models';
import { useTools, useToolsThrough } from './constructs/tool-permissions';
import { arnsOf } from './names';
import type { Settings } from './settings';
import { SettingsError } from './settings-file';
import { TOOL_ENDPOINTS } from './settings-network';

/**
 * The agents of an environment, and those they can hand calls to: their definitions, without a tool's code.
 * @param importAgent resolves to the module of an agent's definition
 * @throws SettingsError with what is wrong with an agent, or with the settings that it needs
 */
export async function agentsOf(
  settings: Settings,
  importAgent?: (name: string) => Promise<unknown>,
): Promise<readonly ServedAgent[]> {
  const where = `the environment ${settings.environment}`;
  try {
    const agents = await loadAgents(settings.agents, importAgent, {
      modelId: settings.bedrock.modelIds[0] ?? DEFAULT_MODEL_ID,
      promptFile: promptBeside,
    });
    const problems = problemsBetween(settings, agents);
    if (problems.length > 0) throw new AgentsError(problems);
    return agents;
  } catch (error) {
    if (!(error instanceof AgentsError)) throw error;
    throw new SettingsError(error.problems.map((problem) => `${where}: ${problem}`));
  }
}

/** The text of `prompt.md` in an agent's folder, if there is one. */
function promptBeside(name: string): string | undefined {
  const file = join('agents', name, 'prompt.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** What the task's role is allowed for its agents' tools, one action on one thing each. */
export const toolGrants = (
  settings: Settings,
  agents: readonly ServedAgent[],
): readonly { readonly action: string; readonly resource: string }[] =>
  useTools({ agents, arns: arnsOf(settings) }).flatMap(({ actions, resources = [] }) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
  );

/** What agents need of the settings, and settings of the agents. */
export function problemsBetween(settings: Settings, agents: readonly ServedAgent[]): string[] {
  const { destinations, network } = settings;
  const lacking = agents.flatMap(({ name, needs }) =>
    needs.destinations
      .filter((destination) => !(destination in destinations))
      .map((one) => `destinations.${one}: must be set: agents/${name} can transfer calls there`),
  );
  const endpoints: readonly string[] = network.kind === 'new' ? network.endpoints : [];
  const arns = arnsOf(settings);
  const unused = TOOL_ENDPOINTS.filter(
    (endpoint) => endpoints.includes(endpoint) && useToolsThrough(endpoint, { agents, arns }).length === 0,
  ).map((endpoint) => `network.endpoints: must not name ${endpoint}: no tool of these agents goes through it`);
  return [...lacking, ...unused, ...elsewhere(settings, agents), ...unanswered(settings, agents)];
}

/** A number that nobody who is served would answer. */
function unanswered({ phone, dailyPhone }: Settings, agents: readonly ServedAgent[]): string[] {
  const served = agents.map(({ name }) => name);
  return Object.entries({ phone, dailyPhone }).flatMap(([setting, telephone]) =>
    Object.entries(telephone?.numbers ?? {})
      .filter(([, agent]) => !served.includes(agent))
      .map(([number]) => `${setting}.numbers.${number}: must be an agent that is served: ${served.join(', ')}`),
  );
}

/** An endpoint serves its own region, and a private name that it takes over leads nowhere else. */
function elsewhere({ network, region }: Settings, agents: readonly ServedAgent[]): string[] {
  if (network.kind !== 'new' || !network.endpoints.includes('bedrock-agentcore.gateway')) return [];
  return agents.flatMap(({ name, needs }) =>
    needs.gateways
      .filter((gateway) => gateway.split(':')[3] !== region)
      .map(
        (gateway) =>
          `network.endpoints: must not name bedrock-agentcore.gateway: agents/${name} calls ${gateway}, which is not in ${region}`,
      ),
  );
}
