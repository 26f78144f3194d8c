import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = path.join(__dirname, '../../..');
let app: string | undefined;
/** What was emitted for settings, by their text: most suites look at the same. */
const emitted = new Map<string, string>();

/** The CDKTF app as one file, made once: in a process of its own it takes a tenth of the time that it takes in jest. */
function bundledApp(): string {
  if (app !== undefined) return app;
  const outfile = path.join(mkdtempSync(path.join(tmpdir(), 'ops-synth-')), 'main.js');
  buildSync({
    entryPoints: [path.join(ROOT, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return (app = outfile);
}

export const ACCOUNT_ID = '111111111111';

/** Settings as small as they can be; `more` is laid over them. */
export function testSettings(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    environment: 'test',
    accountId: ACCOUNT_ID,
    loadBalancer: { allowPlainHttp: true, waf: false },
    counts: { min: 1, max: 2 },
    image: { tag: '0.1.0' },
    ...more,
  };
}

/** A folder like the project's own, for commands to run in. */
export class Project {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'ops-project-'));

  constructor(settings: Record<string, unknown> = testSettings()) {
    mkdirSync(path.join(this.folder, 'environments'));
    this.write('environments/test.json', JSON.stringify(settings));
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  write(name: string, text: string): string {
    const target = this.path(name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    return target;
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Writes `.env`, or another file, with these values. */
  env(values: Record<string, string>, name = '.env'): void {
    this.write(
      name,
      Object.entries(values)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
  }

  /** What `npm run synth` does, for this folder. */
  synthesise(): void {
    const settings = this.read('environments/test.json');
    let folder = emitted.get(settings);
    if (folder === undefined) emitted.set(settings, (folder = this.#emit()));
    cpSync(folder, this.path('cdktf.out'), { recursive: true });
  }

  #emit(): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'ops-emitted-'));
    const env = {
      PATH: process.env['PATH'],
      NODE_PATH: path.join(ROOT, 'node_modules'),
      ENVIRONMENTS_FOLDER: this.path('environments'),
      CDKTF_OUTDIR: folder,
    };
    execFileSync(process.execPath, [bundledApp()], { cwd: this.folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
    return folder;
  }

  /** Every file's text but `.env` files, by name. */
  texts(): Map<string, string> {
    // Links, as to the repository's packages, are not followed.
    const names = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    return new Map(names.filter((name) => !/\.env$/.test(name)).map((name) => [name, readFileSync(name, 'utf8')]));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
