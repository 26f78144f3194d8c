import { readFileSync } from 'node:fs';
import type { ServedAgent, ToolDeclaration } from '../../../contract/agent';
import { meant, problemAt, type Scenario, type Script } from '../../../evals/scenario';

/**
 * Tools that a scenario mocks or counts and that none of its agents has, each as `file:line: rule`: a mock would answer nothing,
 * and none would be counted, whatever the bot did.
 * @param served the agents of the jobs, and whom they hand over to
 */
export function unknownTools(
  jobs: readonly { readonly scenario: Scenario }[],
  served: readonly ServedAgent[],
): readonly string[] {
  const known = new Set(served.flatMap(({ definition }) => Object.entries(definition.tools ?? {}).flatMap(namesOf)));
  const problems = jobs.flatMap(({ scenario }) => {
    if (scenario.kind !== 'script') return [];
    const lines = readFileSync(scenario.file, 'utf8').split('\n');
    return toolsOf(scenario)
      .filter(({ tool }) => !known.has(tool))
      .map(({ key, tool }) => {
        const guess = meant(tool, known);
        const line = Math.max(1, lines.findIndex((text) => text.includes(tool)) + 1);
        const rule = `${scenario.name}: ${key}.${tool}: no agent here has such a tool`;
        return problemAt({ file: scenario.file, line }, guess === undefined ? rule : `${rule}; did you mean ${guess}?`);
      });
  });
  return [...new Set(problems)];
}

/** A server of MCP gives a model the tools that its declaration names. */
const namesOf = ([name, tool]: readonly [string, ToolDeclaration]): readonly string[] =>
  tool.kind === 'mcp' ? Object.keys(tool.tools) : [name];

function toolsOf({ nova, turns }: Script): readonly { readonly key: string; readonly tool: string }[] {
  const of = (key: string, tools: Readonly<Record<string, unknown>> = {}): { key: string; tool: string }[] =>
    Object.keys(tools).map((tool) => ({ key, tool }));
  return [
    ...of('tools', nova?.tools),
    ...turns.flatMap((turn) => of('tools', turn.nova?.tools)),
    ...of('calls_total', nova?.expect?.calls_total),
    ...of('effects_total', nova?.expect?.effects_total),
  ];
}
