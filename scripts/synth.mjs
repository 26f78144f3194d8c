/*
 * `npm run synth [-- <environment>]`: runs the app command of cdktf.json, prints its warnings, and lists what was
 * written. Output goes to cdktf.out, or to CDKTF_OUTDIR.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [environment, ...more] = process.argv.slice(2);
if (more.length > 0 || environment?.startsWith('-')) {
  console.error(
    'usage: npm run synth [-- <environment>]    (one file in environments/, such as test; all of them without)',
  );
  process.exit(2);
}
const root = join(import.meta.dirname, '..');
const outdir = process.env.CDKTF_OUTDIR ?? join(root, 'cdktf.out');
const { app } = JSON.parse(readFileSync(join(root, 'cdktf.json'), 'utf8'));

// CDKTF creates the folder, but not its parents.
mkdirSync(dirname(outdir), { recursive: true });
const run = spawnSync(app, {
  cwd: root,
  shell: true,
  stdio: 'inherit',
  env: { ...process.env, CDKTF_OUTDIR: outdir, ...(environment ? { DEPLOY_ENVIRONMENT: environment } : {}) },
});
if (run.status !== 0) process.exit(run.status ?? 1);

const { stacks } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
// Output of an earlier synth that this one did not write would be deployed by mistake.
for (const name of readdirSync(join(outdir, 'stacks'))) {
  const stale = join(outdir, 'stacks', name, 'cdk.tf.json');
  if (!(name in stacks) && existsSync(stale)) rmSync(stale);
}
for (const [name, { synthesizedStackPath, annotations }] of Object.entries(stacks)) {
  const { resource = {} } = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), 'utf8'));
  const count = Object.values(resource).reduce((sum, byId) => sum + Object.keys(byId).length, 0);
  console.log(`${name.padEnd(24)}${String(count).padStart(4)} resources  ${join(outdir, synthesizedStackPath)}`);
  for (const { message } of annotations) console.error(`  WARNING  ${name}: ${message}`);
}
