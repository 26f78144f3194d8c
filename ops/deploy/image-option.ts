import { OpsError } from '../cli/ops-error';
import type { GivenImage } from './draft';

const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = 'sha256:[0-9a-f]{64}';
const FORMS =
  'must be TAG or sha256:… in the environment’s own repository, or REGISTRY/NAME:TAG, or REGISTRY/NAME@sha256:…';

/**
 * What `--image` names.
 * @throws OpsError `usage`
 */
export function readImageOption(text: string): GivenImage {
  if (new RegExp(`^${DIGEST}$`).test(text)) return { digest: text };
  if (text === 'latest' || /:latest(@|$)/.test(text)) {
    throw new OpsError('usage', '--image must not be "latest": a release names exactly one image.');
  }
  if (new RegExp(`^${TAG}$`).test(text)) return { tag: text };
  const [, repository, tag, digest] =
    new RegExp(`^([a-z0-9.-]+(?::\\d+)?/[a-z0-9._/-]+?)(?::(${TAG}))?(?:@(${DIGEST}))?$`).exec(text) ?? [];
  if (repository === undefined || (tag === undefined && digest === undefined)) {
    throw new OpsError('usage', `--image ${FORMS}.`);
  }
  return { repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/**
 * What `/health` of an image is known to say by its tag: the version, and of a commit between releases its first letters.
 * Undefined for a tag that is not one of ours.
 */
export function versionOfTag(tag: string | undefined): RegExp | undefined {
  const [, version, commit] = /^(\d+\.\d+\.\d+)(?:-([0-9a-f]{12}))?$/.exec(tag ?? '') ?? [];
  if (version === undefined) return undefined;
  return new RegExp(`^${version.replaceAll('.', '\\.')}\\+${commit?.slice(0, 7) ?? '[0-9a-f]{7}'}$`);
}
