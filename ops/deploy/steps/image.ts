import { imageReference } from '../../../stacks/names';
import { findImage } from '../../aws/images';
import { registryOf, registryPassword, repositoryOf } from '../../aws/registry';
import { OpsError } from '../../cli/ops-error';
import { runProgram } from '../../cli/run-program';
import { buildImage, publishImage, pushedDigest } from '../../release/image';
import { type Builder, plainBuild, platformOf } from '../builders';
import type { Deployment, Handover } from '../deployment';
import { versionOfTag } from '../image-option';
import type { Step } from '../step';

/** Finds the image that is to run, or builds and pushes it. */
export function imageStep(deployment: Deployment, handover: Handover): Step<'settings' | 'foundation' | 'image'> {
  const { context, version, image } = deployment;
  const found = (tag: string, digest: string | undefined, health: Handover['health']): void => {
    handover.image = { tag, digest };
    handover.health = health;
  };
  return {
    id: 'image',
    after: ['settings', 'foundation'],
    expects: image === undefined ? 'build and push the image' : 'find the image',
    look: async () => {
      const { settings } = context;
      if (settings.image.repository !== undefined) {
        const { tag, digest } = settings.image;
        found(tag ?? digest ?? '', digest, versionOfTag(tag));
        return { is: 'done', text: `${imageReference(settings)} is in a registry that is not looked into here` };
      }
      if (image !== undefined) {
        const detail = await findImage(
          context,
          image.tag === undefined ? { imageDigest: image.digest } : { imageTag: image.tag },
        );
        const digest = detail?.imageDigest;
        if (digest === undefined) throw notThere(image.tag ?? image.digest ?? '', repositoryOf(context));
        const tag = image.tag ?? detail?.imageTags?.[0] ?? digest.slice('sha256:'.length, 19);
        found(tag, digest, versionOfTag(tag));
        return { is: 'done', text: `${tag} has been pushed: ${digest}` };
      }
      const { tag, health } = version();
      const digest = await pushedDigest(context, tag);
      if (digest === undefined) {
        // Under its tag alone, so that the service's plan shows what will change.
        found(tag, undefined, health);
        return { is: 'needed', text: `build and push ${tag}`, hasOlder: true };
      }
      found(tag, digest, health);
      return { is: 'done', text: `${tag} has been pushed: ${digest}` };
    },
    act: async () => {
      const { tag, health } = version();
      const digest = await build(deployment);
      found(tag, digest, health);
      return { changed: true, text: `${tag} is pushed: ${digest}` };
    },
  };
}

function notThere(name: string, repository: string): OpsError {
  return new OpsError(
    'not_found',
    `there is no image ${name} in ${repository}`,
    `aws ecr describe-images --repository-name ${repository.split('/').at(-1) ?? ''} lists them.`,
  );
}

async function build({ context, version: versionOf, builder }: Deployment): Promise<string> {
  const version = versionOf();
  if (builder === undefined) {
    throw new OpsError(
      'program_failed',
      'there is nothing here that builds an image: docker, finch, podman, nerdctl and buildah do not answer',
      'Install one of them, or push the image from elsewhere (npm run ops -- release image), or name one that is released by --image.',
    );
  }
  const platform = platformOf(context.settings.task.architecture);
  if (builder.hasBuildx === true) {
    const digest = await buildImage(context, version, platform);
    return publishImage(context, version, digest === undefined ? [] : [digest], [platform]);
  }
  return buildPlainly(context, version, builder);
}

async function buildPlainly(
  context: Deployment['context'],
  version: ReturnType<Deployment['version']>,
  { name }: Builder,
): Promise<string> {
  const { io, progress, settings } = context;
  const [login = [], ...rest] = plainBuild({
    reference: `${repositoryOf(context)}:${version.tag}`,
    registry: registryOf(context),
    platform: platformOf(settings.task.architecture),
    version: version.tag,
    commit: version.commit,
  });
  const options = { cwd: io.folder, env: io.env, signal: io.signal };
  await runProgram(name, login, { ...options, input: await registryPassword(context) });
  for (const args of rest) await runProgram(name, args, { ...options, onLine: progress });
  const digest = await pushedDigest(context, version.tag);
  if (digest !== undefined) return digest;
  throw new OpsError('release_failed', `${version.tag} was pushed, and the registry does not have it`);
}
