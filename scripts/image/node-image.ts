import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ReplayError, runInRoot } from './chroot';
import { makeDebian } from './debian-root';

/** What an official image of Node is made of, by its name. */
export interface NodeImage {
  readonly version: string;
  readonly debian: string;
}

/** Libraries that Node's own builds load. */
const NEEDED = ['libatomic1', 'libstdc++6'];

/** @throws ReplayError for another image than Node's slim one */
export function parseNodeImage(name: string): NodeImage {
  const [, version, debian] = /^node:(\d+\.\d+\.\d+)-(\w+)-slim(@|$)/.exec(name) ?? [];
  if (version === undefined || debian === undefined)
    throw new ReplayError(`${name}: only Node's slim images can be made here`);
  return { version, debian };
}

/**
 * Node's own build of a version, from npm's package of it.
 * @returns the folder with `bin/node` and `LICENSE`
 * @throws ReplayError
 */
export function fetchNode(version: string, into: string): string {
  const name = `node-linux-${process.arch}`;
  mkdirSync(into, { recursive: true });
  const args = ['install', '--prefix', into, '--no-save', '--ignore-scripts', '--silent', `${name}@${version}`];
  const run = spawnSync('npm', args, { encoding: 'utf8', cwd: into });
  const folder = path.join(into, 'node_modules', name);
  if (run.status !== 0 || !existsSync(path.join(folder, 'bin/node'))) {
    throw new ReplayError(`Node ${version} cannot be had from npm: ${run.stderr}`);
  }
  return folder;
}

/** Makes what `node:VERSION-DEBIAN-slim` holds, as far as the Dockerfile uses it. @throws ReplayError */
export function makeNodeImage({ debian }: NodeImage, node: string, root: string): void {
  makeDebian(root, debian, NEEDED);
  mkdirSync(path.join(root, 'usr/local/bin'), { recursive: true });
  cpSync(path.join(node, 'bin/node'), path.join(root, 'usr/local/bin/node'));
  cpSync(path.join(node, 'LICENSE'), path.join(root, 'usr/local/LICENSE'));
  runInRoot(root, 'chmod 755 /usr/local/bin/node');
  appendFileSync(path.join(root, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/bash\n');
  appendFileSync(path.join(root, 'etc/group'), 'node:x:1000:\n');
}
