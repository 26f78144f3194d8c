import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Finding } from '../cli/report';

const run = promisify(execFile);

/** What the Dockerfile copies, and itself. */
const IN_THE_IMAGE = [
  'Dockerfile',
  'package.json',
  'package-lock.json',
  'scripts',
  'contract',
  'bot',
  'client',
  'agents',
];

/**
 * Files of the image that are other than in the commit that names it: the same name would then be another image, and an
 * image that was pushed under it before is taken as it is. Undefined where there are none, or git does not say.
 */
export async function uncommitted(folder: string): Promise<Finding | undefined> {
  try {
    const { stdout } = await run('git', ['status', '--porcelain', '--', ...IN_THE_IMAGE], { cwd: folder });
    const files = stdout.split('\n').filter((line) => line !== '');
    if (files.length === 0) return undefined;
    const text = `${files.length} ${files.length === 1 ? 'file is' : 'files are'} not committed: the image is named by the commit, and one of that name is not built again`;
    return { status: 'warning', subject: 'commit', text, fix: 'git commit' };
  } catch {
    return undefined;
  }
}
