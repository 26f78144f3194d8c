import { imageReference, namesOf } from '../../stacks/names';
import { findImage } from '../aws/images';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { failedFinding, type Finding } from '../cli/report';

/** The image that the settings name: is it where tasks will look for it. */
export async function checkImage(context: Context): Promise<Finding[]> {
  const { settings } = context;
  const { image } = settings;
  const subject = imageReference(settings);
  if (image.repository !== undefined) {
    return [{ status: 'skipped', subject, text: 'is in a registry that is not looked into here' }];
  }
  try {
    const found = await findImage(
      context,
      image.digest === undefined ? { imageTag: image.tag } : { imageDigest: image.digest },
    );
    if (found === undefined) {
      const text = 'has not been pushed: tasks would stop with CannotPullContainerError';
      const fix = 'Push it, or set image.tag: docs/deploy.md';
      return [{ status: 'failed', code: 'not_found', subject, text, fix }];
    }
    const { imagePushedAt: pushed, imageSizeInBytes: bytes = 0 } = found;
    const day = pushed?.toISOString().slice(0, 10) ?? 'at an unknown time';
    return [{ status: 'ok', subject, text: `${Math.round(bytes / 1_000_000)} MB, pushed ${day}` }];
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'not_found') return [failedFinding(subject, error)];
    const text = `there is no repository ${namesOf(settings).repository} yet`;
    return [{ status: 'failed', code: 'not_found', subject, text, fix: 'Apply the foundation stack: docs/deploy.md' }];
  }
}
