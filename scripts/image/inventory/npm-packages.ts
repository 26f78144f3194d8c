import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What `npm run build` says of its bundles. */
export interface BundledPackages {
  /** Folders of packages whose code is in them, such as `node_modules/ws`. */
  readonly bundled: readonly string[];
  /** Names of packages that are loaded when the bot runs. */
  readonly external: readonly string[];
}

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly folder: string;
  /** Whose it is, where the package says so in one line. */
  readonly author?: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly author?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export const LICENCE_FILE = /^(licen[cs]e|copying|notice|third[-_]?party)/i;
/** What runs; sources, types and maps of them do not. */
const RUNS = /\.(c?js|mjs|json|node|wasm)$/;
const NOT_RUN = new Set(['src', 'test', 'tests', 'docs', 'node_modules']);

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;

/**
 * Copies of each bundled package what tells scanners and people of it, the manifest and the licence, to the folder where
 * it would be installed; its code is in the bundle.
 */
export function copyBundled({ bundled }: BundledPackages, from: string, to: string): void {
  for (const folder of bundled) {
    const origin = path.join(from, folder);
    mkdirSync(path.join(to, folder), { recursive: true });
    const wanted = [
      'package.json',
      ...readdirSync(origin).filter((name) => /^readme\b/i.test(name) || LICENCE_FILE.test(name)),
    ];
    const licensed = wanted.some((name) => LICENCE_FILE.test(name));
    for (const name of wanted) {
      // A readme may be where the licence is.
      if (licensed && /^readme\b/i.test(name)) continue;
      cpSync(path.join(origin, name), path.join(to, folder, name), { recursive: true });
    }
  }
}

/** Copies the packages that are loaded at run time, with what they depend on: what runs of them, and licences. */
export function copyExternal({ external }: BundledPackages, from: string, to: string): void {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const folder = path.join(from, 'node_modules', name);
    // An optional one that is for other processors.
    if (found.has(name) || !existsSync(folder)) return;
    found.add(name);
    const { dependencies, optionalDependencies } = readManifest(folder);
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) visit(dependency);
  };
  for (const name of external) {
    visit(name);
    if (!found.has(name)) throw new Error(`${name} is not installed`);
  }
  for (const name of found) copyRunning(path.join(from, 'node_modules', name), path.join(to, 'node_modules', name));
}

function copyRunning(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [origin, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      if (!NOT_RUN.has(entry.name)) copyRunning(origin, target);
    } else if (RUNS.test(entry.name) || LICENCE_FILE.test(entry.name)) cpSync(origin, target);
  }
}

const by = (author: unknown): { author?: string } => (typeof author === 'string' ? { author } : {});

/** The packages below a folder's `node_modules`, by name and version. */
export function npmPackagesIn(app: string): NpmPackage[] {
  const found: NpmPackage[] = [];
  const visit = (modules: string): void => {
    if (!existsSync(modules)) return;
    for (const entry of readdirSync(modules)) {
      const folder = path.join(modules, entry);
      if (entry.startsWith('@')) visit(folder);
      else {
        if (existsSync(path.join(folder, 'package.json'))) {
          const { name = entry, version = '', license = '', author } = readManifest(folder);
          if (license === '') throw new Error(`the package ${name} names no licence`);
          // Some leave out the hyphen of SPDX's name.
          found.push({ name, version, license: license.replace(/^(\w+) (\d\S*)$/, '$1-$2'), folder, ...by(author) });
        }
        visit(path.join(folder, 'node_modules'));
      }
    }
  };
  visit(path.join(app, 'node_modules'));
  const key = ({ name, version }: NpmPackage): string => `${name} ${version}`;
  const once = new Map(found.map((one) => [key(one), one]));
  return [...once.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
