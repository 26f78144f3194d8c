import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ReplayError, runInRoot } from './chroot';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: 'amd64', arm64: 'arm64' };

/** As in Debian's slim images. Source: https://github.com/debuerreotype/debuerreotype, .slimify-excludes */
const SLIM = ['doc', 'man', 'locale', 'info', 'lintian', 'linda', 'groff']
  .map((folder) => `path-exclude /usr/share/${folder}/*`)
  .concat('path-include /usr/share/doc/*/copyright')
  .join('\n');

const sources = (release: string): string =>
  [
    ['http://deb.debian.org/debian', `${release} ${release}-updates`],
    ['http://deb.debian.org/debian-security', `${release}-security`],
  ]
    .map(
      ([uri = '', suites = '']) =>
        `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: ${KEYRING}\n`,
    )
    .join('\n');

/** Why no Debian can be made here; undefined where it can. */
export function lacksForDebian(): string | undefined {
  if (process.platform !== 'linux' || ARCHITECTURES[process.arch] === undefined)
    return 'it needs Linux on x64 or arm64';
  if (process.getuid?.() !== 0) return 'it needs root, for chroot and mounts';
  const missing = ['apt-get', 'dpkg-deb', 'unshare', 'chroot', 'tar'].find((program) => run('which', [program]) !== 0);
  if (missing !== undefined) return `it needs ${missing}`;
  return run('test', ['-r', KEYRING]) === 0 ? undefined : `it needs ${KEYRING} (the package debian-archive-keyring)`;
}

function run(program: string, args: readonly string[]): number | null {
  return spawnSync(program, args, { stdio: 'ignore' }).status;
}

/**
 * Makes a Debian in an empty folder: what is essential, apt, and `packages`, from Debian's servers and with their
 * signatures checked by this machine's apt. Stands in for an official image where none can be pulled.
 * @throws ReplayError
 */
export function makeDebian(root: string, release: string, packages: readonly string[]): void {
  const apt = path.join(root, 'bootstrap');
  for (const folder of ['lists/partial', 'archives/partial', 'etc', 'dpkg'])
    mkdirSync(path.join(apt, folder), { recursive: true });
  writeFileSync(path.join(apt, 'status'), '');
  writeFileSync(path.join(apt, 'etc/debian.sources'), sources(release));
  const settings = [
    `Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "${apt}/etc"; Dir::Etc::main "/dev/null"; Dir::Etc::parts "/dev/null";`,
    `Dir::State "${apt}"; Dir::State::status "${apt}/status"; Dir::Cache "${apt}"; Dir::Cache::archives "${apt}/archives";`,
    `APT::Architecture "${ARCHITECTURES[process.arch] ?? ''}"; APT::Architectures {"${ARCHITECTURES[process.arch] ?? ''}";};`,
    'APT::Install-Recommends "false"; Acquire::Languages "none"; APT::Sandbox::User "root";',
  ].join('\n');
  writeFileSync(path.join(apt, 'apt.conf'), settings);
  const get = (...words: string[]): void =>
    must('apt-get', ['--quiet', '--yes', ...words], { APT_CONFIG: path.join(apt, 'apt.conf') });
  get('update');
  get('install', '--download-only', '?essential', 'apt', 'debian-archive-keyring', ...packages);

  // Debian 13's own shape, which its packages expect to find.
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(path.join(root, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, path.join(root, folder));
  }
  mkdirSync(path.join(root, 'etc/dpkg/dpkg.cfg.d'), { recursive: true });
  writeFileSync(path.join(root, 'etc/dpkg/dpkg.cfg.d/docker'), `${SLIM}\n`);
  const archives = path.join(apt, 'archives');
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    must('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"',
      'sh',
      path.join(archives, file),
      root,
    ]);
  }
  mkdirSync(path.join(root, 'var/lib/dpkg'), { recursive: true });
  writeFileSync(path.join(root, 'var/lib/dpkg/status'), '');
  mkdirSync(path.join(root, 'etc/apt/sources.list.d'), { recursive: true });
  writeFileSync(path.join(root, 'etc/apt/sources.list.d/debian.sources'), sources(release));
  // What packages want to start as they are installed is not started.
  writeFileSync(path.join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  runInRoot(root, 'dpkg --install --force-depends /bootstrap/archives/*.deb');
  rmSync(apt, { recursive: true });
}

function must(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { PATH } = process.env;
  const done = spawnSync(program, args, { env: { PATH, ...env }, encoding: 'utf8' });
  if (done.status !== 0) throw new ReplayError(`${program} ${args.join(' ')} failed:\n${done.stdout}${done.stderr}`);
}
