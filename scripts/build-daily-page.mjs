/* Builds the page that Daily calls run in (bot/transport/daily/page/): one script with daily-js in it, one for the
   audio thread. */
import { build } from 'esbuild';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const DAILY_PAGE_DIR = join(root, 'dist', 'daily-page');

/** Writes it to `outDir`; returns that folder. Safe to run from several processes at once. */
export async function buildDailyPage({ outDir = DAILY_PAGE_DIR, onBundled = () => undefined } = {}) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: 'bot/transport/daily/page/main.ts', worklet: 'bot/transport/daily/page/worklet.ts' },
    outdir: 'daily-page',
    bundle: true,
    format: 'iife',
    target: 'chrome120',
    minify: true,
    legalComments: 'eof',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  onBundled(metafile);
  await mkdir(outDir, { recursive: true });
  for (const { path, contents } of outputFiles) {
    const partial = join(outDir, `.${basename(path)}.${process.pid}`);
    await writeFile(partial, contents);
    await rename(partial, join(outDir, basename(path)));
  }
  return outDir;
}

let building;
/** Builds the page once in this process, for tests. */
export function ensureDailyPageBuilt() {
  building ??= buildDailyPage();
  return building;
}
