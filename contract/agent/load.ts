import { AGENT_NAME, AGENT_NAME_RULE } from '../agent-name';
import type { AnyAgent } from './definition';
import { type AgentNeeds, needsOf } from './needs';

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
): Promise<readonly ServedAgent[]> {
  const problems: string[] = [];
  const served = new Map<string, ServedAgent | undefined>();
  const wanted = names.map((name) => ({ name, whose: `agents/${name}` }));
  for (const { name, whose } of wanted) {
    if (served.has(name)) continue;
    const loaded = await loadAgent(name, whose, importAgent);
    if (typeof loaded === 'string') {
      problems.push(loaded);
      served.set(name, undefined);
      continue;
    }
    served.set(name, loaded);
    wanted.push(...handoffsOf(loaded));
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
): Promise<ServedAgent | string> {
  if (!AGENT_NAME.test(name)) return `${whose}: the name of an agent must be ${AGENT_NAME_RULE}`;
  let definition: unknown;
  try {
    definition = defaultExport(await importAgent(name));
  } catch (error) {
    return `${whose}: agents/${name}/agent.ts cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(definition)) return `agents/${name}: agent.ts must have a default export, made by defineAgent`;
  return { name, definition, needs: needsOf(definition) };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Loaders disagree on what the default export of a CommonJS module is: its `default`, or all of it. */
function defaultExport(module: unknown): unknown {
  const outer = isObject(module) && 'default' in module ? module.default : undefined;
  return isObject(outer) && 'default' in outer ? outer.default : outer;
}
