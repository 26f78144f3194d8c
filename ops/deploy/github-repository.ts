import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { CliIo } from '../cli/context';
import { ask } from '../http/ask';
import type { Known } from './draft';

const run = promisify(execFile);

/** `owner/name` of the repository that a folder was cloned from; undefined where that is not at GitHub. */
export async function originRepository(folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', ['remote', 'get-url', 'origin'], { cwd: folder });
    return repositoryIn(stdout.trim());
  } catch {
    return undefined;
  }
}

/** `owner/name` in the address of a repository at GitHub. */
export function repositoryIn(url: string): string | undefined {
  return /^(?:https:\/\/(?:[^@/]+@)?|ssh:\/\/git@|git@)github\.com[:/]([A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}?)(?:\.git)?\/?$/.exec(
    url,
  )?.[1];
}

/**
 * Tokens of repositories made since this day name them by numbers.
 * github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens
 */
const NUMBERED_SINCE = '2026-07-15';

const repositorySchema = z.looseObject({
  id: z.number(),
  owner: z.looseObject({ id: z.number() }),
  created_at: z.string(),
});

/**
 * The numbers of a repository, and the form in which its tokens say them: one that was moved or renamed since then may
 * send either.
 * @returns in words why they are not known, where GitHub does not say
 */
export async function repositoryIds(
  { env, signal }: Pick<CliIo, 'env' | 'signal'>,
  repository: string,
): Promise<NonNullable<Known['github']> | string> {
  const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_TOKEN: token } = env;
  const headers = { Accept: 'application/vnd.github+json', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await ask(`${api}/repos/${repository}`, { signal, headers });
  if (typeof answer === 'string') return `GitHub cannot be reached (${answer})`;
  const { data } = repositorySchema.safeParse(answer.body);
  if (data === undefined) return `GitHub answers ${answer.status}`;
  const subject = data.created_at >= NUMBERED_SINCE ? 'ids' : 'both';
  return { ownerId: String(data.owner.id), repositoryId: String(data.id), subject };
}
