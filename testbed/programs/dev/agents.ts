import { readdirSync } from 'node:fs';
import path from 'node:path';
import { context } from 'esbuild';

const ROOT = path.join(__dirname, '../../..');
/** Below dist/, from where the packages that agents need are found. */
const FOLDER = path.join(ROOT, 'dist/dev-agents');

/** Agents as one file each, built anew whenever one of their files changes. */
export interface WatchedAgents {
  readonly folder: string;
  stop(): Promise<void>;
}

/** Builds every agent of agents/, and goes on building what changes. */
export async function watchAgents(): Promise<WatchedAgents> {
  const names = readdirSync(path.join(ROOT, 'agents'));
  const watched = await context({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(names.map((name) => [name, `agents/${name}/agent.ts`])),
    outdir: FOLDER,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    logLevel: 'error',
  });
  await watched.rebuild();
  await watched.watch();
  return { folder: FOLDER, stop: () => watched.dispose() };
}
