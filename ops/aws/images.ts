import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ImageDetail,
  type ImageIdentifier,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { arnsOf, namesOf, RELEASED_TAG_PREFIX } from '../../stacks/names';
import type { Context } from '../cli/context';

/** An image in the environment's own repository; undefined where none is there. @throws OpsError */
export async function findImage(
  context: Pick<Context, 'aws' | 'settings'>,
  imageId: ImageIdentifier,
): Promise<ImageDetail | undefined> {
  const aws = context.aws();
  const { repositoryName, asked } = ownRepository(context);
  const command = new DescribeImagesCommand({ repositoryName, imageIds: [imageId] });
  const answer = await aws.find(asked('ecr:DescribeImages'), ['ImageNotFoundException'], (options) =>
    aws.ecr.send(command, options),
  );
  return answer?.imageDetails?.[0];
}

const TAG_LETTERS = 128;

/**
 * Puts a tag of released images on one in the environment's own repository, so that the registry keeps it while it runs
 * and while a rollback may need it. Done twice, it changes nothing; an image that is elsewhere is left to its registry.
 * @throws OpsError
 */
export async function keepReleased(context: Context, release: string, imageDigest: string): Promise<void> {
  if (context.settings.image.repository !== undefined) return;
  const aws = context.aws();
  const { repositoryName, asked } = ownRepository(context);
  const { images } = await aws.read(asked('ecr:BatchGetImage'), (options) =>
    aws.ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }), options),
  );
  const { imageManifest, imageManifestMediaType } = images?.[0] ?? {};
  if (imageManifest === undefined) return;
  const imageTag = `${RELEASED_TAG_PREFIX}${release}`.slice(0, TAG_LETTERS);
  const put = new PutImageCommand({
    repositoryName,
    imageManifest,
    imageTag,
    ...(imageManifestMediaType === undefined ? {} : { imageManifestMediaType }),
  });
  const isThere = ['ImageAlreadyExistsException', 'ImageTagAlreadyExistsException'];
  await aws.find(asked('ecr:PutImage'), isThere, (options) => aws.ecr.send(put, options));
}

/** @returns its name, and what the action is that somebody asks of it, for errors */
function ownRepository({ settings }: Pick<Context, 'settings'>) {
  const { repository: repositoryName } = namesOf(settings);
  const { repository: resource } = arnsOf(settings);
  const asked = (action: string) => ({ action, resource, what: `the repository ${repositoryName}` });
  return { repositoryName, asked };
}
