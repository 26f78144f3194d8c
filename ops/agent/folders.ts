import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentsError, loadAgents, type ServedAgent } from '../../contract/agent';
import { nearest } from '../cli/nearest';
import { OpsError } from '../cli/ops-error';
import { agentsFolder, agentsOfProject } from './require-agent';

/** The agents of a project, by their folders. */
export class AgentFolders {
  readonly #project: string;
  readonly #folder: string;

  constructor(project: string) {
    this.#project = project;
    this.#folder = agentsFolder(project);
  }

  /** Names of the agents that there are. A folder may be a link. */
  names(): string[] {
    return readdirSync(this.#folder)
      .filter((name) => existsSync(join(this.#folder, name, 'agent.ts')))
      .sort();
  }

  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  /** The text of `prompt.md` in an agent's folder, if there is one. */
  promptFileOf(name: string): string | undefined {
    const file = join(this.#folder, name, 'prompt.md');
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** An agent, and those that it can hand calls to. @throws AgentsError */
  load(name: string): Promise<readonly ServedAgent[]> {
    return loadAgents([name], agentsOfProject(this.#project), { promptFile: (one) => this.promptFileOf(one) });
  }

  /** One agent. @throws OpsError `not_found`, `definition_invalid` */
  async one(name: string): Promise<ServedAgent> {
    const names = this.names();
    if (!names.includes(name)) {
      const meant = nearest(name, names);
      const hint = meant === undefined ? '' : `; there is ${meant}`;
      throw new OpsError('not_found', `There is no such folder in agents/${hint}.`);
    }
    try {
      const [agent] = await this.load(name);
      if (agent !== undefined) return agent;
      throw new OpsError('not_found', 'There is no such agent.');
    } catch (error) {
      if (!(error instanceof AgentsError)) throw error;
      throw new OpsError('definition_invalid', error.problems.join('; '), 'docs/agents/README.md has the rules.');
    }
  }
}
