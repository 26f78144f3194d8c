import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findImage } from '../aws/images';
import { registryOf, registryPassword, repositoryOf } from '../aws/registry';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { runProgram, type RunOptions } from '../cli/run-program';
import { releaseFolder } from './stack-workspace';
import type { Version } from './version';

export const PLATFORMS = ['linux/arm64', 'linux/amd64'] as const;
export type Platform = (typeof PLATFORMS)[number];

const BUILDER = 'voice-agent-release';
/** By zstd, which Fargate unpacks sooner than gzip; every layer, for a layer that was pushed before may be by gzip. */
const PACKED = 'oci-mediatypes=true,compression=zstd,compression-level=9,force-compression=true';

/** The digest under a tag; undefined where nothing was pushed under it. Tags never move. @throws OpsError */
export async function pushedDigest(context: Context, tag: string): Promise<string | undefined> {
  return (await findImage(context, { imageTag: tag }))?.imageDigest;
}

/**
 * Builds and pushes the image of one platform, by its digest and under no tag, with provenance and a bill of materials.
 * @returns the digest, or undefined where the release has been pushed already and there is nothing to build
 */
export async function buildImage(context: Context, version: Version, platform: Platform): Promise<string | undefined> {
  if ((await pushedDigest(context, version.tag)) !== undefined) {
    context.progress(`${version.tag} has been pushed already`);
    return undefined;
  }
  const options = await loggedIn(context);
  const out = releaseFolder(context);
  const metadata = path.join(out, `image-${platform.replace('/', '-')}.json`);
  mkdirSync(out, { recursive: true });
  await runProgram(
    'docker',
    [
      'buildx',
      'build',
      `--builder=${BUILDER}`,
      `--platform=${platform}`,
      `--build-arg=VERSION=${version.tag}`,
      `--build-arg=GIT_COMMIT=${version.commit}`,
      '--provenance=mode=max',
      '--sbom=true',
      `--metadata-file=${metadata}`,
      `--output=type=image,name=${repositoryOf(context)},${PACKED},push-by-digest=true,name-canonical=true,push=true`,
      '.',
    ],
    { ...options, onLine: context.progress },
  );
  const { 'containerimage.digest': digest = '' } = JSON.parse(readFileSync(metadata, 'utf8')) as Record<string, string>;
  return checked(digest);
}

/**
 * Puts the images of these platforms under the release's tag. Run again, it finds the tag and changes nothing.
 * @returns the digest that is deployed, of the index of all platforms
 * @throws OpsError where something is missing
 */
export async function publishImage(
  context: Context,
  version: Version,
  digests: readonly string[],
  platforms: readonly Platform[] = PLATFORMS,
): Promise<string> {
  const pushed = await pushedDigest(context, version.tag);
  if (pushed !== undefined) return pushed;
  if (digests.length !== platforms.length) {
    const build = `npm run ops -- release image <platform> --environment ${context.environment}`;
    throw new OpsError(
      'release_failed',
      `${digests.length} of ${platforms.length} platforms were built`,
      `${build}, for ${platforms.join(' and ')}`,
    );
  }
  const repository = repositoryOf(context);
  const sources = digests.map((digest) => `${repository}@${checked(digest)}`);
  await runProgram(
    'docker',
    ['buildx', 'imagetools', 'create', `--builder=${BUILDER}`, `--tag=${repository}:${version.tag}`, ...sources],
    { ...(await loggedIn(context)), onLine: context.progress },
  );
  const published = await pushedDigest(context, version.tag);
  if (published === undefined)
    throw new OpsError('release_failed', `${version.tag} was pushed, and the registry does not have it`);
  return published;
}

function checked(digest: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new OpsError('release_failed', `"${digest.slice(0, 80)}" is no digest of an image`);
}

/** Docker, logged in to the registry for this run, with a builder that knows platforms and attestations. */
async function loggedIn(context: Context): Promise<RunOptions> {
  const { settings, io } = context;
  const options: RunOptions = { cwd: io.folder, signal: io.signal, env: io.env };
  await runProgram('docker', ['login', '--username=AWS', '--password-stdin', registryOf(context)], {
    ...options,
    input: await registryPassword(context),
  });
  const inspect = ['buildx', 'inspect', BUILDER];
  await runProgram('docker', inspect, options).catch(() =>
    runProgram('docker', ['buildx', 'create', `--name=${BUILDER}`, '--driver=docker-container'], options),
  );
  context.progress(`logged in to the registry of ${settings.environment}`);
  return options;
}
