/* Builds the caller's page (client/) into static files: hashed names, no inline code, no request to any other host. */
import { build } from 'esbuild';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const CLIENT_DIR = join(root, 'dist', 'client');

/** The oldest browsers whose WebRTC suits the Pipecat client; CSS is lowered for them, too. */
const TARGETS = ['chrome111', 'firefox115', 'safari16.4'];

/**
 * Daily's code is for calls through Daily only. The other transport brings a media manager that wants it, too, which the
 * page replaces with its own microphone: an empty module stands in there. And Daily's transport has a version of its
 * own, which is the one that the page must speak to.
 */
const dailyWhereNeeded = {
  name: 'daily-where-needed',
  setup(build) {
    const daily = createRequire(createRequire(import.meta.url).resolve('@pipecat-ai/daily-transport'));
    build.onResolve({ filter: /^@daily-co\/daily-js$/ }, ({ path, importer }) => {
      if (importer.includes('small-webrtc-transport')) return { path, namespace: 'nothing' };
      return { path: join(dirname(daily.resolve(path)), 'daily-esm.js') };
    });
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default undefined;' }));
  },
};

/** Bundles the page in memory: a map from file name to bytes, `index.html` last. */
export async function bundleClient({ version = 'development', onBundled = () => undefined } = {}) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { app: 'client/main.ts', style: 'client/style.css' },
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    bundle: true,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    target: TARGETS,
    legalComments: 'eof',
    define: { PAGE_VERSION: JSON.stringify(version) },
    plugins: [dailyWhereNeeded],
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  onBundled(metafile);
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
  // What the script imports at once is fetched beside it, not after it.
  const { imports } = metafile.outputs[[...files.keys()].find((name) => name.startsWith('assets/app-'))];
  const preloads = imports
    .filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => `<link rel="modulepreload" href="${path}" />`);
  html = html.replace('</head>', `${preloads.join('')}</head>`);
  files.set('index.html', Buffer.from(html));
  return files;
}

/**
 * Writes the page to `outDir`; returns that folder. Safe to run from several processes at once: assets have hashed
 * names, `index.html` is replaced in one step and last, and only then do assets of older builds go.
 */
export async function buildClient({ outDir = CLIENT_DIR, version, onBundled } = {}) {
  const files = await bundleClient({ version, onBundled });
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
