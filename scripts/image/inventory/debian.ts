import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** A Debian package, as dpkg's status says. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** What it was built from. */
  readonly source: { readonly name: string; readonly version: string };
  /** Its entry in the status file, without the empty line after it. */
  readonly entry: string;
}

const STATUS = 'var/lib/dpkg/status';
/** What tells a scanner which Debian this is, and the texts that copyright files refer to. */
const BASE_FILES = ['usr/lib/os-release', 'etc/os-release', 'etc/debian_version', 'usr/share/common-licenses'];
/** Debian 13's system folders are links into /usr; dpkg's lists may still name them. */
const MERGED = /^\/(bin|sbin|lib|lib64)\//;

/** The installed packages below `root`. */
export function packagesOf(root: string): DebianPackage[] {
  const entries = readFileSync(path.join(root, STATUS), 'utf8').split(/\n\n+/);
  return entries.filter((entry) => entry.trim() !== '').map(parseEntry);
}

function parseEntry(entry: string): DebianPackage {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(entry)?.[1]?.trim() ?? '';
  const [name, version] = [field('Package'), field('Version')];
  const [, sourceName = name, sourceVersion = version] = /^(\S+)(?: \((.*)\))?$/.exec(field('Source')) ?? [];
  return {
    name,
    version,
    architecture: field('Architecture'),
    source: { name: sourceName, version: sourceVersion },
    entry: entry.trim(),
  };
}

/**
 * Makes an image that was collected from a Debian system understood by scanners: writes into `image` the release, and of
 * each package that a file in it comes from the status, the list of its files and the copyright.
 * @throws Error for a file in /usr that no package brought
 */
export function describeSystem(system: string, image: string): void {
  for (const file of BASE_FILES) {
    mkdirSync(path.dirname(path.join(image, file)), { recursive: true });
    cpSync(path.join(system, file), path.join(image, file), { recursive: true, verbatimSymlinks: true });
  }
  const owners = ownersIn(system);
  const files = new Map<string, string[]>();
  for (const file of filesBelow(image)) {
    const owner = owners.get(file);
    if (owner !== undefined) files.set(owner, [...(files.get(owner) ?? []), file]);
    else if (/^\/usr\/(?!local\/)/.test(file)) throw new Error(`${file} is of no Debian package`);
  }
  const inside = packagesOf(system).filter(({ name }) => files.has(name));
  mkdirSync(path.join(image, 'var/lib/dpkg/info'), { recursive: true });
  writeFileSync(path.join(image, STATUS), inside.map(({ entry }) => `${entry}\n\n`).join(''));
  for (const { name } of inside) {
    writeFileSync(path.join(image, `var/lib/dpkg/info/${name}.list`), `${files.get(name)?.join('\n') ?? ''}\n`);
    const copyright = copyrightOf(system, name);
    const into = path.join(image, `usr/share/doc/${name}`);
    mkdirSync(into, { recursive: true });
    cpSync(copyright, path.join(into, 'copyright'), { dereference: true });
  }
}

/** @throws Error where a package has none: it could not be passed on */
export function copyrightOf(root: string, name: string): string {
  const file = path.join(root, `usr/share/doc/${name}/copyright`);
  if (!existsSync(file)) throw new Error(`the Debian package ${name} has no copyright file`);
  return realpathSync(file);
}

/** Which package each file of the system is of. */
function ownersIn(system: string): Map<string, string> {
  const folder = path.join(system, 'var/lib/dpkg/info');
  const owners = new Map<string, string>();
  for (const list of readdirSync(folder).filter((file) => file.endsWith('.list'))) {
    const name = list.replace(/(:\w+)?\.list$/, '');
    for (const file of readFileSync(path.join(folder, list), 'utf8').split('\n')) {
      owners.set(file.replace(MERGED, '/usr/$1/'), name);
    }
  }
  return owners;
}

/** Files and links to files, as absolute paths within `root`. */
function filesBelow(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return entries.filter((entry) => !lstatSync(path.join(root, entry)).isDirectory()).map((entry) => `/${entry}`);
}
