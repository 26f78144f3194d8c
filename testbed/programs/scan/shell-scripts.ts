import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The shell scripts of a project, relative to it: those of CI, and what the image is built with. */
export function shellScripts(root: string): string[] {
  const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '.ci', 'scripts'];
  const files = execFileSync('git', listed, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  return files.filter((file) => /^#!.*\b(ba)?sh\n/.test(readFileSync(join(root, file), 'utf8')));
}
