import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { imageReference } from '../../stacks/names';
import type { Context } from '../cli/context';

/** Where the environment's images are, without a tag. */
export function repositoryOf({ settings }: Context): string {
  return imageReference({ ...settings, image: { ...settings.image, tag: 'x', digest: undefined } }).slice(0, -2);
}

/** The host of the environment's registry. */
export const registryOf = (context: Context): string => repositoryOf(context).split('/')[0] ?? '';

/** The password of the user AWS at the registry, for some hours; hidden from all output. @throws OpsError */
export async function registryPassword(context: Context): Promise<string> {
  const aws = context.aws();
  const asked = { action: 'ecr:GetAuthorizationToken', resource: '*', what: 'the registry' };
  const { authorizationData } = await aws.read(asked, (options) =>
    aws.ecr.send(new GetAuthorizationTokenCommand({}), options),
  );
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString('utf8');
  const password = token.slice(token.indexOf(':') + 1);
  context.redactor.hide(password);
  return password;
}
