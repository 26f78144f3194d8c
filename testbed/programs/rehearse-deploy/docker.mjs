#!/usr/bin/env node
/*
 * Docker as a release uses it, without a daemon: it reads the password from its standard input, "builds" by writing down
 * what it was told, and pushes manifests into the registry of the emulated AWS. State is a file, so that every command
 * of a release is a process of its own, as with Docker's.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';

const stateFile = process.env.FAKE_DOCKER_STATE;
const state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : { builder: false, images: {} };
const save = () => writeFileSync(stateFile, JSON.stringify(state));
const args = process.argv.slice(2);
appendFileSync(`${stateFile}.log`, `${JSON.stringify(args)}\n`);
const flag = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const flags = (name) => args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
const digestOf = (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const fail = (message) => {
  console.error(`ERROR: ${message}`);
  process.exit(1);
};

async function push(tag, manifest) {
  const ecr = new ECRClient({});
  const repositoryName = process.env.FAKE_DOCKER_REPOSITORY;
  const pushed = await ecr.send(new PutImageCommand({ repositoryName, imageTag: tag, imageManifest: manifest }));
  ecr.destroy();
  return pushed.image.imageId.imageDigest;
}

if (args[0] === 'login') {
  const password = readFileSync(0, 'utf8');
  if (password === '') fail('password is empty');
  state.loggedIn = true;
  save();
} else if (args[0] === 'info' || (args[0] === 'buildx' && args[1] === 'version')) process.exit(0);
else if (args[0] !== 'buildx') fail(`unknown command ${args[0]}`);
else if (args[1] === 'inspect') {
  if (!state.builder) fail('no builder');
} else if (args[1] === 'create') {
  state.builder = true;
  save();
} else if (args[1] === 'build') {
  if (!state.loggedIn) fail('no basic auth credentials');
  if (process.env.FAKE_DOCKER_FAILS_AT === flag('platform')) fail('failed to solve: the network broke');
  const image = {
    platform: flag('platform'),
    args: Object.fromEntries(flags('build-arg').map((one) => one.split('='))),
  };
  const digest = digestOf(JSON.stringify(image));
  state.images[digest] = image;
  save();
  writeFileSync(flag('metadata-file'), JSON.stringify({ 'containerimage.digest': digest }));
} else if (args[1] === 'imagetools' && args[2] === 'create') {
  const digests = args.filter((arg) => arg.includes('@sha256:')).map((arg) => arg.split('@')[1]);
  const unknown = digests.find((digest) => state.images[digest] === undefined);
  if (unknown) fail(`${unknown}: not found`);
  const manifests = digests.map((digest) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest,
    size: 1,
    platform: { os: 'linux', architecture: state.images[digest].platform.split('/')[1] },
  }));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index = await push(flag('tag').split(':').at(-1), JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  // What the bot in it says of itself: scripts/build.mjs makes it of package.json and the commit.
  const { VERSION, GIT_COMMIT } = state.images[digests[0]].args;
  state.tags = { ...state.tags, [index]: `${VERSION.split('-')[0]}+${GIT_COMMIT.slice(0, 7)}` };
  save();
} else fail(`unknown command ${args.join(' ')}`);
