import { AGENT_NAME, AGENT_NAME_RULE } from '../agent-name';
import { checkAgent, type CheckedAgainst } from './check';
import type { AnyAgent } from './definition';
import { type AgentNeeds, needsOf } from './needs';
import { whyNotLoaded } from './why-not-loaded';

/** An agent that calls can be given to. */
export interface ServedAgent {
  readonly name: string;
  readonly definition: AnyAgent;
  readonly needs: AgentNeeds;
}

/** Agents that cannot be served: one sentence a problem, which names agent, field and rule. */
export class AgentsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'AgentsError';
  }
}

/** How agents are found and checked. */
export interface Loading extends Pick<CheckedAgainst, 'modelId'> {
  /** The text of `prompt.md` in an agent's folder, if there is one. */
  readonly promptFile?: (name: string) => string | undefined;
}

/** Resolves to the module `agents/<name>/agent.ts`; a bundler puts every agent that there is into the program. */
const importAgentFile = (name: string): Promise<unknown> => import(`../../agents/${name}/agent.ts`);

/**
 * Loads agents by their folders' names, in order, and after them those that they can hand a call to.
 * @param importAgent resolves to the module of an agent's definition
 * @throws AgentsError with every problem of all of them
 */
export async function loadAgents(
  names: readonly string[],
  importAgent: (name: string) => Promise<unknown> = importAgentFile,
  loading: Loading = {},
): Promise<readonly ServedAgent[]> {
  const problems: string[] = [];
  const served = new Map<string, ServedAgent | undefined>();
  const wanted = names.map((name) => ({ name, whose: `agents/${name}` }));
  for (const { name, whose } of wanted) {
    if (served.has(name)) continue;
    const loaded = await loadAgent(name, whose, importAgent, loading);
    if ('problems' in loaded) problems.push(...loaded.problems);
    else wanted.push(...handoffsOf(loaded));
    served.set(name, 'problems' in loaded ? undefined : loaded);
  }
  if (problems.length > 0) throw new AgentsError(problems);
  return [...served.values()].filter((agent) => agent !== undefined);
}

const handoffsOf = ({ name, definition }: ServedAgent): { name: string; whose: string }[] =>
  Object.entries(definition.tools ?? {}).flatMap(([tool, declared]) =>
    declared.kind === 'handoff' ? [{ name: declared.to, whose: `agents/${name}: tools.${tool}.to` }] : [],
  );

/** The agent, or what is wrong with it. @param whose who names it */
async function loadAgent(
  name: string,
  whose: string,
  importAgent: (name: string) => Promise<unknown>,
  { modelId, promptFile }: Loading,
): Promise<ServedAgent | { readonly problems: readonly string[] }> {
  // A name that is no folder's could lead out of agents/.
  if (!AGENT_NAME.test(name)) return { problems: [`${whose}: the name of an agent must be ${AGENT_NAME_RULE}`] };
  let definition: unknown;
  let prompt: string | undefined;
  try {
    definition = defaultExport(await importAgent(name));
    prompt = promptFile?.(name);
  } catch (error) {
    return { problems: [`${whose}: agents/${name}/agent.ts cannot be loaded: ${whyNotLoaded(error, name)}`] };
  }
  const problems = checkAgent(name, definition, {
    ...(modelId === undefined ? {} : { modelId }),
    ...(prompt === undefined ? {} : { promptFile: prompt }),
  });
  if (problems.length > 0) return { problems };
  return { name, definition: definition as AnyAgent, needs: needsOf(definition as AnyAgent) };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Loaders disagree on what the default export of a CommonJS module is: its `default`, or all of it. */
function defaultExport(module: unknown): unknown {
  const outer = isObject(module) && 'default' in module ? module.default : undefined;
  return isObject(outer) && 'default' in outer ? outer.default : outer;
}
