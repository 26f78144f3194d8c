import { DescribeImagesCommand, ImageNotFoundException, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import { arnsOf, imageReference, namesOf } from '../../stacks/names';
import type { Context } from '../cli/context';
import { failedFinding, type Finding } from '../cli/report';

/** The image that the settings name: is it where tasks will look for it. */
export async function checkImage(context: Context): Promise<Finding[]> {
  const { settings } = context;
  const subject = imageReference(settings);
  const { image } = settings;
  if (image.repository !== undefined) {
    return [{ status: 'skipped', subject, text: 'is in a registry that is not looked into here' }];
  }
  const aws = context.aws();
  const { repository } = namesOf(settings);
  const asked = {
    action: 'ecr:DescribeImages',
    resource: arnsOf(settings).repository,
    what: `the repository ${repository}`,
  };
  const imageId = image.digest === undefined ? { imageTag: image.tag } : { imageDigest: image.digest };
  try {
    const details = await aws.read(asked, async (options) => {
      try {
        const command = new DescribeImagesCommand({ repositoryName: repository, imageIds: [imageId] });
        return (await aws.ecr.send(command, options)).imageDetails?.[0] ?? 'no-image';
      } catch (error) {
        if (error instanceof ImageNotFoundException) return 'no-image';
        if (error instanceof RepositoryNotFoundException) return 'no-repository';
        throw error;
      }
    });
    return [describe(details, subject, repository)];
  } catch (error) {
    return [failedFinding(subject, error)];
  }
}

function describe(
  details: 'no-image' | 'no-repository' | { imagePushedAt?: Date | undefined; imageSizeInBytes?: number | undefined },
  subject: string,
  repository: string,
): Finding {
  if (details === 'no-repository') {
    const text = `there is no repository ${repository} yet`;
    return { status: 'failed', code: 'not_found', subject, text, fix: 'Apply the foundation stack: docs/deploy.md' };
  }
  if (details === 'no-image') {
    const text = 'has not been pushed: tasks would stop with CannotPullContainerError';
    return { status: 'failed', code: 'not_found', subject, text, fix: 'Push it, or set image.tag: docs/deploy.md' };
  }
  const { imagePushedAt: pushed, imageSizeInBytes: bytes = 0 } = details;
  const size = `${Math.round(bytes / 1_000_000)} MB`;
  return {
    status: 'ok',
    subject,
    text: `${size}, pushed ${pushed?.toISOString().slice(0, 10) ?? 'at an unknown time'}`,
  };
}
