import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OpsError } from '../cli/ops-error';

export interface Version {
  /** Tag of the image, and the release's name everywhere: `1.2.3`, or `1.2.3-0123456789ab` of a commit between releases. */
  readonly tag: string;
  readonly commit: string;
  /** What `/health` says: scripts/build.mjs writes it into the build. */
  readonly health: string;
}

/**
 * The name of the checked-out commit. A Git tag must match the version in package.json, so that a version means one
 * thing only.
 * @throws OpsError
 */
export function versionOf(root: string, env: Readonly<Record<string, string | undefined>>): Version {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const commit = env['GITHUB_SHA'] ?? headOf(root);
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new OpsError('release_failed', `"${commit}" is no commit`);
  const isTag = env['GITHUB_REF_TYPE'] === 'tag';
  if (isTag && env['GITHUB_REF_NAME'] !== `v${version}`) {
    throw new OpsError(
      'refused',
      `the Git tag is ${env['GITHUB_REF_NAME'] ?? ''}, and package.json says ${version}`,
      `Tag the commit whose package.json says so: git tag v${version}`,
    );
  }
  return {
    tag: isTag ? version : `${version}-${commit.slice(0, 12)}`,
    commit,
    health: `${version}+${commit.slice(0, 7)}`,
  };
}

function headOf(root: string): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    throw new OpsError(
      'release_failed',
      'there is no commit to name the release by',
      'Set GITHUB_SHA, or run it in a repository.',
    );
  }
}
