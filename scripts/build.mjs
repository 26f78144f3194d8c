/* `npm run build`: everything the image needs, in dist/: the bot with its packages in it, the caller's page,
   Daily's page, and the version. `--pages` builds only the two pages. */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBot, EXTERNAL, packagesOfBot, PROGRAM } from './build-bot.mjs';
import { buildClient } from './build-client.mjs';
import { buildDailyPage } from './build-daily-page.mjs';
import { packagesOf } from './bundled-packages.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** `1.2.3+abcdef0`; the commit comes from GIT_COMMIT where there is no repository (an image build), else from git. */
async function versionStamp() {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  let commit = process.env.GIT_COMMIT ?? '';
  if (commit === '') {
    try {
      commit = execFileSync('git', ['rev-parse', 'HEAD'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString();
    } catch {
      commit = ''; // not a repository, or no git: use the version alone
    }
  }
  return commit === '' ? version : `${version}+${commit.trim().slice(0, 7)}`;
}

function unlessMissing(error) {
  if (error.code !== 'ENOENT') throw error;
}

/** What is read from beside the agents' code. */
async function copyAgents() {
  for (const name of await readdir(join(root, 'agents'))) {
    for (const beside of ['prompt.md', 'notices']) {
      const from = join(root, 'agents', name, beside);
      await cp(from, join(root, 'dist/agents', name, beside), { recursive: true }).catch(unlessMissing);
    }
  }
}

/** Indexes what agents search, where one has more than its two files. */
async function buildKnowledge() {
  const agents = await readdir(join(root, 'agents'), { recursive: true, withFileTypes: true });
  if (!agents.some((entry) => entry.isFile() && /\.(md|txt|pdf)$/i.test(entry.name) && entry.name !== 'prompt.md'))
    return;
  // Bundled as the bot is, so that agents are loaded here as they are there.
  const outfile = join(root, `out/knowledge-${process.pid}.cjs`);
  const entryPoints = ['scripts/knowledge/build.ts'];
  await build({ absWorkingDir: root, entryPoints, outfile, bundle: true, platform: 'node', packages: 'external' });
  try {
    const { buildKnowledge: index } = createRequire(import.meta.url)(outfile);
    await index(root);
  } finally {
    await rm(outfile);
  }
}

/** The smoke call that a task of the image places where nobody outside reaches the load balancer. */
async function buildSmoke(onBundled) {
  // Read from beside the code that uses it, like what a caller says.
  await cp(join(root, 'ops/bedrock/hello.wav'), join(root, 'dist/smoke/hello.wav'));
  const built = await Promise.all([
    build({
      ...PROGRAM,
      absWorkingDir: root,
      entryPoints: ['ops/release/smoke-task.ts'],
      outfile: 'dist/smoke/main.js',
      // Where the harness is built already, esbuild is not asked for.
      external: [...PROGRAM.external, 'esbuild'],
      plugins: [...PROGRAM.plugins, packagesOfBot],
    }),
    build({
      absWorkingDir: root,
      bundle: true,
      legalComments: 'eof',
      metafile: true,
      logLevel: 'warning',
      entryPoints: ['smoke/browser/harness-page.ts'],
      outfile: 'dist/smoke/harness.js',
      format: 'iife',
      target: 'chrome120',
      minify: true,
    }),
  ]);
  for (const { metafile } of built) onBundled(metafile);
}

const startedAtMs = Date.now();
const version = await versionStamp();
const pagesOnly = process.argv.includes('--pages');
await mkdir(join(root, 'dist'), { recursive: true });
const bundled = new Set();
const onBundled = (metafile) => packagesOf(metafile).forEach((folder) => bundled.add(folder));
await Promise.all([
  buildClient({ version, onBundled }),
  buildDailyPage({ onBundled }),
  pagesOnly ? undefined : buildBot({ root, version, onBundled }),
  pagesOnly ? undefined : copyAgents(),
  pagesOnly ? undefined : buildKnowledge(),
  pagesOnly ? undefined : buildSmoke(onBundled),
]);
if (!pagesOnly) {
  // For the image's bill of materials and its licences.
  const packages = { bundled: [...bundled].sort(), external: EXTERNAL };
  await writeFile(join(root, 'dist', 'packages.json'), `${JSON.stringify(packages, undefined, 1)}\n`);
}
await writeFile(join(root, 'dist', 'version.json'), `${JSON.stringify({ version })}\n`);
if (!pagesOnly) {
  const codeCache = [join(root, 'scripts/code-cache.mjs'), join(root, 'dist/bot/main.js')];
  execFileSync(process.execPath, codeCache, { stdio: 'inherit' });
}
console.log(`built ${version} in ${Date.now() - startedAtMs} ms`);
