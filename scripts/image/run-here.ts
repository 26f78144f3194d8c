import { spawnSync } from 'node:child_process';
import { ReplayError } from './chroot';
import type { Instruction } from './dockerfile';

/** Runs a step of npm's or node's with this machine's npm, which sees its cache and nothing else of the user's. @throws ReplayError */
export function runHere(
  { line, text }: Instruction,
  cwd: string,
  { args, nodeFolder }: { readonly args: Readonly<Record<string, string>>; readonly nodeFolder: string },
): void {
  const { PATH, HOME, npm_config_cache: cache } = process.env;
  const run = spawnSync('sh', ['-euc', text], {
    cwd,
    env: {
      PATH: `${nodeFolder}:${PATH ?? ''}`,
      HOME,
      ...(cache === undefined ? {} : { npm_config_cache: cache }),
      npm_config_loglevel: 'error',
      npm_config_prefer_offline: 'true',
      ...args,
    },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new ReplayError(`Dockerfile:${line}: ${text} failed:\n${run.stdout}${run.stderr}`);
}
