import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { treeStamp } from '../../contract/tree-stamp';

/** Where agents come from. */
export interface AgentFiles {
  /** The module of an agent's definition; undefined: as it was bundled, or from agents/. */
  readonly importAgent?: (name: string) => Promise<unknown>;
  /** What is beside it: `prompt.md`, and what knowledge was indexed. */
  readonly folderOf: (name: string) => string;
  /** Another text whenever any agent has changed; undefined: agents never change. */
  readonly stamp?: () => string;
}

/** Beside the bot as it was built, or in agents/ when it runs from its sources. */
export const BUILT_IN_AGENTS: AgentFiles = {
  folderOf: (name) =>
    basename(dirname(__dirname)) === 'dist'
      ? join(__dirname, '../agents', name)
      : join(__dirname, '../../agents', name),
};

/**
 * `<folder>/<name>.cjs`, which is written anew while the bot runs. What is beside the agent is in `<folder>/<name>/` where that is
 * there, as a link to its own folder.
 */
export function changingAgents(folder: string): AgentFiles {
  const moduleOf = (name: string): string => resolve(folder, `${name}.cjs`);
  return {
    folderOf: (name) => (existsSync(join(folder, name)) ? join(folder, name) : BUILT_IN_AGENTS.folderOf(name)),
    importAgent: (name) =>
      Promise.resolve().then(() => {
        if (existsSync(moduleOf(name))) return { default: evaluate(moduleOf(name)) };
        throw new Error('there is no such folder, or no agent.ts in it');
      }),
    // Code counts once it is built.
    stamp: () => treeStamp(folder, (name) => !name.endsWith('.ts')),
  };
}

/** The exports of a CommonJS module, which Node's cache of modules would give only once. */
function evaluate(path: string): unknown {
  const module = { exports: {} };
  const names = ['exports', 'require', 'module'];
  const run = compileFunction(readFileSync(path, 'utf8'), names, { filename: path }) as (...args: unknown[]) => void;
  run(module.exports, createRequire(path), module);
  return module.exports;
}

/** The text of `prompt.md` beside an agent, if there is one. @throws Error when it cannot be read as UTF-8 */
export function promptBeside(folder: string): string | undefined {
  const path = join(folder, 'prompt.md');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)).trim();
}
