/* eslint-disable @typescript-eslint/no-require-imports -- As in ops/commands.ts: behind bin.mjs on Node 20, `import()` looks
   for JavaScript. */

/** Resolves to the module of an agent's definition, beside these commands wherever they are run. */
export const requireAgent = (name: string): Promise<unknown> =>
  Promise.resolve().then(() => require(`../../agents/${name}/agent.ts`) as unknown);
