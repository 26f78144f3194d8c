import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { problemAt, ScenarioError } from './problem';
import { readScenarios, type Scenario } from './scenario';

/** What an agent's folder has of scenarios, and what is wrong with its files, a line each. */
interface AgentScenarios {
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly string[];
}

/** The scenarios of `agents/<name>/scenarios/` and the folders in it, none where there is no such folder. What one file includes is a part of it. */
export function scenariosOfAgent(agentFolder: string): AgentScenarios {
  const folder = path.join(agentFolder, 'scenarios');
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.ya?ml$/.test(name))
        .toSorted()
    : [];
  const included = new Set<string>();
  const read = files.map((name) => {
    const file = path.join(folder, name);
    try {
      return { file, scenarios: readScenarios(file, folder, included), problems: [] };
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return { file, scenarios: [], problems: error.problems };
    }
  });
  const whole = read.filter(({ file }) => !included.has(realpathSync(file)));
  const scenarios = whole.flatMap((one) => one.scenarios);
  const ids = scenarios.map(({ id }) => id);
  const twice = scenarios
    .filter(({ id }, at) => ids.indexOf(id) < at)
    .map(({ id, file }) => problemAt({ file, line: 1 }, `${id}: another file has a scenario of this name`));
  return { scenarios, problems: [...new Set([...whole.flatMap(({ problems }) => problems), ...twice])] };
}
