import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';
import { findImage } from '../aws/images';
import { OpsError } from '../cli/ops-error';
import { type Finding, unknownFinding } from '../cli/report';
import { type Builder, isNative, platformOf } from './builders';
import type { GivenImage } from './draft';

export interface ImageNeed {
  readonly settings: Settings;
  /** In the environment's region. */
  readonly aws: Aws;
  /** By `--image`. */
  readonly image: GivenImage | undefined;
  /** What is built here, where nothing is given. */
  readonly tag: () => string;
  readonly builder: Builder | undefined;
  /** Nothing is to be made now, so that an image which cannot be had yet keeps nobody. */
  readonly planOnly: boolean;
}

const SUBJECT = 'image';

/** Where the image is to come from, and whether it can be had: what cannot is refused before anything is made for it. */
export async function imageFinding(need: ImageNeed): Promise<Finding> {
  const { settings, image, builder } = need;
  if (settings.image.repository !== undefined) {
    return { status: 'skipped', subject: SUBJECT, text: 'nothing is built here' };
  }
  if (image === undefined && builder !== undefined) return builderFinding(settings, builder);
  try {
    const imageId =
      image?.digest === undefined ? { imageTag: image?.tag ?? need.tag() } : { imageDigest: image.digest };
    const name = imageId.imageDigest ?? imageId.imageTag;
    if (await isPushed(need, imageId)) return { status: 'ok', subject: SUBJECT, text: `${name} has been pushed` };
    return lacking(need, image === undefined ? undefined : name);
  } catch (error) {
    return unknownFinding(SUBJECT, error);
  }
}

/** A repository that the foundation is still to make has none. @throws OpsError */
async function isPushed({ settings, aws }: ImageNeed, imageId: Parameters<typeof findImage>[1]): Promise<boolean> {
  try {
    return (await findImage({ settings, aws: () => aws }, imageId)) !== undefined;
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') return false;
    throw error;
  }
}

function lacking({ planOnly }: ImageNeed, given: string | undefined): Finding {
  const text =
    given === undefined
      ? 'there is nothing here that builds it: docker, finch, podman, nerdctl and buildah are not there, or do not answer'
      : `${given} is not in the environment’s own repository`;
  const fix =
    given === undefined
      ? 'Install and start one of them, or add --image REGISTRY/NAME:TAG with one that was released.'
      : 'Name one that is there, or REGISTRY/NAME:TAG of another registry; without --image it is built here.';
  return { status: planOnly ? 'warning' : 'failed', code: 'not_found', subject: SUBJECT, text, fix };
}

/** What the image is built with. */
export function builderFinding(settings: Settings, builder: Builder): Finding {
  const platform = platformOf(settings.task.architecture);
  const text = `${builder.name} builds it for ${platform}`;
  if (isNative(platform, process.arch)) return { status: 'ok', subject: SUBJECT, text };
  const other = settings.task.architecture === 'ARM64' ? 'X86_64' : 'ARM64';
  return {
    status: 'warning',
    subject: SUBJECT,
    text: `${text}, whose processor is emulated on this machine: that takes long`,
    fix: `It needs binfmt (docker run --privileged --rm tonistiigi/binfmt --install all); or set task.architecture to ${other}.`,
  };
}
