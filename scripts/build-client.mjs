/* Builds the caller's page (client/) into static files: hashed names, no inline code, no request to any other host. */
import { build } from 'esbuild';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const CLIENT_DIR = join(root, 'dist', 'client');

/** The oldest browsers whose WebRTC suits the Pipecat client; CSS is lowered for them, too. */
const TARGETS = ['chrome111', 'firefox115', 'safari16.4'];

/**
 * The transport's default media manager needs daily-js, which loads its call machine from a CDN at run time. The page
 * brings its own microphone, so daily-js would be 250 kB of dead code: an empty module replaces it.
 */
const withoutDaily = {
  name: 'without-daily',
  setup(build) {
    build.onResolve({ filter: /^@daily-co\/daily-js$/ }, (args) => ({ path: args.path, namespace: 'without-daily' }));
    build.onLoad({ filter: /.*/, namespace: 'without-daily' }, () => ({ contents: 'export default undefined;' }));
  },
};

/** Bundles the page in memory: a map from file name to bytes, `index.html` last. */
export async function bundleClient({ version = 'development' } = {}) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { app: 'client/main.ts', style: 'client/style.css' },
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: TARGETS,
    legalComments: 'eof',
    define: { PAGE_VERSION: JSON.stringify(version) },
    plugins: [withoutDaily],
    write: false,
    logLevel: 'warning',
  });
  const files = new Map(outputFiles.map((file) => [`assets/${basename(file.path)}`, file.contents]));
  const icon = await readFile(join(root, 'client/icon.svg'));
  const iconHash = createHash('sha256').update(icon).digest('hex').slice(0, 8).toUpperCase();
  files.set(`assets/icon-${iconHash}.svg`, icon);

  let html = await readFile(join(root, 'client/index.html'), 'utf8');
  for (const [source, stem] of [
    ['main.ts', 'app'],
    ['style.css', 'style'],
    ['icon.svg', 'icon'],
  ]) {
    const built = [...files.keys()].find((name) => name.startsWith(`assets/${stem}-`));
    if (built === undefined || !html.includes(`"${source}"`)) throw new Error(`client/index.html lacks "${source}"`);
    html = html.replaceAll(`"${source}"`, `"${built}"`);
  }
  files.set('index.html', Buffer.from(html));
  return files;
}

/**
 * Writes the page to `outDir`; returns that folder. Safe to run from several processes at once: assets have hashed
 * names, `index.html` is replaced in one step and last, and only then do assets of older builds go.
 */
export async function buildClient({ outDir = CLIENT_DIR, version } = {}) {
  const files = await bundleClient({ version });
  await mkdir(join(outDir, 'assets'), { recursive: true });
  for (const [name, contents] of files) {
    const partial = join(outDir, `.${basename(name)}.${randomUUID()}`);
    await writeFile(partial, contents);
    await rename(partial, join(outDir, name));
  }
  for (const name of await readdir(join(outDir, 'assets'))) {
    if (!files.has(`assets/${name}`) && extname(name) !== '') await rm(join(outDir, 'assets', name), { force: true });
  }
  return outDir;
}
