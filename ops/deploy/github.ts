import type { CliIo } from '../cli/context';
import type { Finding } from '../cli/report';
import { isPlaceholderRepository, type Known, type RawSettings } from './draft';
import { originRepository, repositoryIds } from './github-repository';

/** What is known of the repository whose workflows may deploy. */
export interface GithubLook {
  readonly known: Pick<Known, 'repository' | 'github'>;
  readonly finding: Finding | undefined;
}

/**
 * Looks at the repository that the settings name, where they name one: which it is where they still say the example's, and
 * its numbers where they are not set. @throws Interrupted
 */
export async function lookAtGithub(io: CliIo, github: RawSettings['github']): Promise<GithubLook> {
  if (github === undefined) return { known: {}, finding: undefined };
  const subject = 'github';
  const isExample = isPlaceholderRepository(github.repository);
  const repository = isExample ? await originRepository(io.folder) : String(github.repository);
  if (repository === undefined) {
    const text =
      'the settings name the example’s repository, and this folder was not cloned from GitHub: no roles for releases are made';
    return {
      known: {},
      finding: { status: 'warning', subject, text, fix: 'Set github.repository to yours, for releases from there.' },
    };
  }
  const known = isExample ? { repository } : {};
  if (github.ownerId !== undefined || github.subject !== undefined) {
    return { known, finding: { status: 'ok', subject, text: `${repository} may release, as the settings say` } };
  }
  const ids = await repositoryIds(io, repository);
  if (typeof ids === 'string') {
    const text = `the numbers of ${repository} are not known, because ${ids}; tokens of repositories made since July 2026 need them`;
    const fix = `Set github.ownerId and github.repositoryId: gh api repos/${repository} --jq '.owner.id, .id'`;
    return { known, finding: { status: 'unknown', subject, text, fix } };
  }
  const text = `${repository} may release: owner ${ids.ownerId}, repository ${ids.repositoryId}`;
  return { known: { ...known, github: ids }, finding: { status: 'ok', subject, text } };
}
