/*
 * The app command of cdktf.json: bundles main.ts (or the given app) in memory with esbuild, and runs it. Types are
 * checked by `npm run typecheck`; here that would take most of the time (docs/adr/0001-cdktf.md has the numbers).
 * Dependencies are not bundled and only the stacks are written, so that any number of synths can run at once.
 */
import Module, { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const entry = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'main.ts'));
const { outputFiles } = buildSync({
  entryPoints: [entry],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const app = new Module(entry);
app.filename = entry;
app.paths = createRequire(entry).resolve.paths('cdktf') ?? [];
app._compile(outputFiles[0].text, entry);
