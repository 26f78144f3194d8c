import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ScenarioError } from './problem';
import { readScenarios, type Scenario } from './scenario';

/** What an agent's folder has of scenarios, and what is wrong with its files, a line each. */
interface AgentScenarios {
  /** `audio:` files are named from here. */
  readonly folder: string;
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly string[];
}

/** The scenarios of `agents/<name>/scenarios/`, none where there is no such folder. */
export function scenariosOfAgent(agentFolder: string): AgentScenarios {
  const folder = path.join(agentFolder, 'scenarios');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  const problems: string[] = [];
  const scenarios = files.flatMap((file) => {
    try {
      return readScenarios(path.join(folder, file), folder);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  return { folder, scenarios, problems };
}
