/* oxlint-disable typescript/no-require-imports -- As in ops/commands.ts: behind bin.mjs on Node 20, `import()` looks
   for JavaScript. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where agents are: in the project that the command is run in, or else beside the commands. */
export function agentsFolder(project: string): string {
  const own = join(project, 'agents');
  return existsSync(own) ? own : join(__dirname, '../../agents');
}

/** What resolves to the module of an agent's definition. One that prints is refused: nobody knows what, and where it ends up. */
export const agentsOfProject =
  (project: string) =>
  (name: string): Promise<unknown> =>
    Promise.resolve().then(() => {
      const { result, hasPrinted } = silently(() => require(join(agentsFolder(project), name, 'agent.ts')) as unknown);
      if (hasPrinted) throw new Error('it prints while it is loaded, and may only say what the agent is');
      return result;
    });

function silently<T>(load: () => T): { readonly result: T; readonly hasPrinted: boolean } {
  const outputs = [process.stdout, process.stderr] as const;
  const writes = outputs.map((output) => Reflect.get(output, 'write') as unknown);
  let hasPrinted = false;
  for (const output of outputs) {
    output.write = () => (hasPrinted = true);
  }
  try {
    return { result: load(), hasPrinted };
  } finally {
    outputs.forEach((output, index) => Object.assign(output, { write: writes[index] }));
  }
}
