import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ReplayError } from './chroot';
import type { Instruction } from './dockerfile';

export interface CopyContext {
  readonly root: string;
  readonly workdir: string;
  /** Where files without `--from` come from. */
  readonly context: string;
  /** The folder of the stages' roots. */
  readonly stages: string;
  readonly ignored: (path: string) => boolean;
}

/** A COPY. @throws ReplayError for what is not there, or is kept out by .dockerignore */
export function copy(
  { line, text, flags }: Instruction,
  { root, workdir, context, stages, ignored }: CopyContext,
): void {
  const words = text.split(/\s+/);
  const target = words.at(-1) ?? '';
  const sources = words.slice(0, -1);
  const from = flags['from'] === undefined ? context : path.join(stages, flags['from']);
  const into = path.join(root, path.posix.resolve(workdir, target));
  for (const source of sources) {
    const origin = path.join(from, source);
    if (!existsSync(origin)) throw new ReplayError(`Dockerfile:${line}: ${source} is not there`);
    const isFolder = statSync(origin).isDirectory();
    if (!isFolder && flags['from'] === undefined && ignored(path.relative(context, origin))) {
      throw new ReplayError(`Dockerfile:${line}: ${source} is kept out by .dockerignore`);
    }
    const intoFolder = target.endsWith('/') || sources.length > 1;
    const to = !isFolder && intoFolder ? path.join(into, path.basename(source)) : into;
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(origin, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (one) => {
        if (flags['from'] !== undefined) return true;
        const relative = path.relative(context, one);
        return statSync(one).isDirectory() || !ignored(relative);
      },
    });
    if (isFolder && readdirSync(to).length === 0) throw new ReplayError(`Dockerfile:${line}: ${source} is empty`);
  }
}
