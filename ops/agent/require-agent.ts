/* oxlint-disable typescript/no-require-imports -- As in ops/commands.ts: behind bin.mjs on Node 20, `import()` looks
   for JavaScript. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where agents are: in the project that the command is run in, or else beside the commands. */
export function agentsFolder(project: string): string {
  const own = join(project, 'agents');
  return existsSync(own) ? own : join(__dirname, '../../agents');
}

/** What resolves to the module of an agent's definition. */
export const agentsOfProject =
  (project: string) =>
  (name: string): Promise<unknown> =>
    Promise.resolve().then(() => require(join(agentsFolder(project), name, 'agent.ts')) as unknown);
