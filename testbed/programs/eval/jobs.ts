import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadAgents, type ServedAgent } from '../../../contract/agent';
import { type Scenario, scenariosOfAgent } from '../../../evals/scenario';
import { cassettesOf } from './cassettes';
import type { EvalOptions } from './options';
import { unknownTools } from './unknown-tools';

const AGENTS = path.join(__dirname, '../../../agents');

/** A scenario that is to be run, perhaps with a fault. */
export interface Job {
  readonly agent: string;
  readonly scenario: Scenario;
  /** Where its file is: `audio:` is named from here. */
  readonly folder: string;
  /** The name of a seeded fault. */
  readonly fault?: string;
}

/** What is to be run, or what is wrong in a line or more. */
export function findJobs({
  agents,
  only = '',
  kind,
  mode,
}: Pick<EvalOptions, 'agents' | 'only' | 'mode'> & Partial<Pick<EvalOptions, 'kind'>>): readonly Job[] | string {
  const named = agents.length > 0 ? agents : readdirSync(AGENTS).filter((name) => existsSync(scenariosOf(name)));
  const unknown = named.find((name) => !existsSync(path.join(AGENTS, name, 'agent.ts')));
  if (unknown !== undefined) return `there is no agent ${unknown} in agents/`;
  const problems: string[] = [];
  const jobs = named.flatMap((agent) => {
    const { scenarios, problems: own } = scenariosOfAgent(path.join(AGENTS, agent));
    problems.push(...own);
    return scenarios.map((scenario) => ({ agent, scenario, folder: path.dirname(scenario.file) }));
  });
  const chosen = jobs.filter(
    ({ scenario }) => scenario.id.includes(only) && (kind === undefined || scenario.kind === kind),
  );
  if (mode === 'replay') problems.push(...chosen.flatMap(unreadable));
  if (problems.length > 0) return problems.map((problem) => problem.replaceAll(`${process.cwd()}/`, '')).join('\n');
  return chosen.length > 0
    ? chosen
    : `no ${kind ?? 'scenario'} of ${named.join(', ')}${only === '' ? '' : ` has "${only}" in its name`}`;
}

/** What is wrong with a scenario's recording. */
function unreadable({ agent, scenario }: Job): readonly string[] {
  try {
    cassettesOf(agent, scenario.id);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const scenariosOf = (agent: string): string => path.join(AGENTS, agent, 'scenarios');

/** What is wrong with the tools that the jobs name, a line each. @throws AgentsError for agents that cannot be served */
export async function wrongTools(jobs: readonly Job[]): Promise<readonly string[]> {
  return unknownTools(jobs, await loaded(jobs)).map((problem) => problem.replaceAll(`${process.cwd()}/`, ''));
}

const loaded = (jobs: readonly Job[]): Promise<readonly ServedAgent[]> =>
  loadAgents([...new Set(jobs.map(({ agent }) => agent))], undefined, { promptFile });

/** The agents of the jobs, whom they hand over to, and made-up values for the secrets of all their tools. */
export async function servedAgents(
  jobs: readonly Job[],
): Promise<{ agents: readonly string[]; secrets: Record<string, string> }> {
  const served = await loaded(jobs);
  const secrets = served.flatMap(({ needs }) => needs.secrets);
  return {
    agents: served.map(({ name }) => name),
    secrets: Object.fromEntries(secrets.map((name) => [name, `not-to-be-seen-${name.toLowerCase()}`])),
  };
}

function promptFile(agent: string): string | undefined {
  const file = path.join(AGENTS, agent, 'prompt.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
