import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** A step that cannot be done, or failed. */
export class ReplayError extends Error {}

/**
 * The words of a command that runs in another root, with processes and mounts of its own, so that all it starts ends with
 * it and nothing stays mounted. Needs root and util-linux.
 * @param user `1000:1000`; root where it is left out
 */
export function inRoot(root: string, command: readonly string[], user = '0:0'): [string, ...string[]] {
  const enter =
    'root=$0; user=$1; shift; mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" && ' +
    'exec chroot --userspec="$user" --groups= "$root" "$@"';
  const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child=SIGKILL'] as const;
  return [...unshare, 'sh', '-c', enter, root, user, ...command];
}

/** Runs a step of a Dockerfile in a root, as a builder does: by a shell, with a network. @throws ReplayError */
export function runInRoot(root: string, command: string): void {
  for (const folder of ['proc', 'dev', 'etc']) mkdirSync(path.join(root, folder), { recursive: true });
  // How names are looked up here; a builder lends its own, too.
  if (existsSync('/etc/resolv.conf')) copyFileSync('/etc/resolv.conf', path.join(root, 'etc/resolv.conf'));
  const [program, ...args] = inRoot(root, ['/bin/sh', '-ec', command]);
  const run = spawnSync(program, args, {
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    maxBuffer: 64e6,
  });
  if (run.status !== 0)
    throw new ReplayError(`${command} failed:\n${run.stdout.slice(-2_000)}${run.stderr.slice(-4_000)}`);
}
