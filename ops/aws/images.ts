import { DescribeImagesCommand, type ImageDetail, type ImageIdentifier } from '@aws-sdk/client-ecr';
import { arnsOf, namesOf } from '../../stacks/names';
import type { Context } from '../cli/context';

/** An image in the environment's own repository; undefined where none is there. @throws OpsError */
export async function findImage(context: Context, imageId: ImageIdentifier): Promise<ImageDetail | undefined> {
  const { settings } = context;
  const aws = context.aws();
  const { repository } = namesOf(settings);
  const { repository: resource } = arnsOf(settings);
  const asked = { action: 'ecr:DescribeImages', resource, what: `the repository ${repository}` };
  const command = new DescribeImagesCommand({ repositoryName: repository, imageIds: [imageId] });
  const answer = await aws.find(asked, ['ImageNotFoundException'], (options) => aws.ecr.send(command, options));
  return answer?.imageDetails?.[0];
}
