import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type AwsApi,
  DATA_SOURCES,
  readStack,
  RehearsalError,
  rehearse,
  RESOURCES,
  type StackKind,
  STACKS,
  typesIn,
} from '../../fakes/terraform';
import { ACCOUNT, type EmulatedAws, startEmulatedAws } from './emulated-aws';
import { added, inventoryOf } from './inventory';
import type { Problems } from './rehearsal';

type Stacks = Record<StackKind, ReturnType<typeof readStack>>;

const COMMON = { accountId: ACCOUNT, image: { tag: '0.1.0' } };
const GITHUB = { repository: 'example/pipecat-voice-agent' };

const LENT_SECRETS = ['lent/daily-api-key', 'lent/start-api-key'];

/** Stands for the hosted zone, whose id the emulator chooses and does not begin as AWS's do. */
const ZONE = 'Z0HOSTEDZONE0';

/** Settings that between them ask for every type of resource and data source. */
const SETTINGS: Readonly<Record<string, object>> = {
  full: {
    ...COMMON,
    network: { kind: 'new', nat: 'per-zone', endpoints: ['secretsmanager', 'logs', 'ecr'] },
    domain: { name: 'voice.example.com', hostedZoneId: ZONE },
    counts: {
      min: 1,
      max: 2,
      schedule: [{ name: 'day', cron: '0 7 ? * MON-FRI *', timeZone: 'Europe/Berlin', min: 1, max: 2 }],
    },
    alarms: { email: 'voice@example.com' },
    records: {
      analytics: true,
      events: {
        bus: true,
        targets: [`arn:aws:sqs:eu-north-1:${ACCOUNT}:calls`],
        webhook: 'https://crm.example.com/calls',
      },
    },
    release: { strategy: 'canary' },
    github: GITHUB,
  },
  lent: {
    ...COMMON,
    network: { kind: 'default' },
    secrets: { mode: 'existing', namePrefix: 'lent', trail: 'existing' },
    loadBalancer: { allowPlainHttp: true, waf: false },
    github: { ...GITHUB, createProvider: false },
  },
};

/** What an account has that others made. @returns the hosted zone's id */
async function lend(api: AwsApi): Promise<string> {
  for (const Name of LENT_SECRETS) await api.ask('secretsmanager', 'CreateSecret', { Name });
  const zone = { CreateHostedZoneRequest: { Name: 'example.com', CallerReference: 'rehearsal' } };
  const answer = await api.ask('route53', 'POST /2013-04-01/hostedzone', zone);
  return answer.text('HostedZone.Id')?.split('/').at(-1) ?? '';
}

/** Each environment's stacks are applied, planned again, and destroyed, in an account of their own. */
export async function everyType(): Promise<Problems> {
  const folder = mkdtempSync(path.join(tmpdir(), 'every-type-'));
  const cloud = await startEmulatedAws();
  try {
    const zone = await lend(cloud.api);
    const made = { resources: new Set<string>(), dataSources: new Set<string>() };
    const problems = await lifeOf('full', folder, cloud, zone, made);
    await cloud.api.ask('iam', 'CreateOpenIDConnectProvider', { Url: 'https://token.actions.githubusercontent.com' });
    problems.push(...(await lifeOf('lent', folder, cloud, zone, made)));
    const never = Object.keys(RESOURCES).filter((type) => !made.resources.has(type));
    const unasked = Object.keys(DATA_SOURCES).filter((type) => !made.dataSources.has(type));
    return [...problems, ...[...never, ...unasked].map((type) => `no stack has ${type}`)];
  } finally {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lifeOf(
  environment: string,
  folder: string,
  { api, provider }: EmulatedAws,
  zone: string,
  made: ReturnType<typeof typesIn>,
): Promise<string[]> {
  const environments = path.join(folder, environment, 'environments');
  const outdir = path.join(folder, environment, 'emitted');
  mkdirSync(environments, { recursive: true });
  const settings = { environment, ...SETTINGS[environment] };
  writeFileSync(path.join(environments, `${environment}.json`), JSON.stringify(settings));
  const synth = spawnSync(process.execPath, ['scripts/synth.mjs', environment], {
    encoding: 'utf8',
    env: { ...process.env, ENVIRONMENTS_FOLDER: environments, CDKTF_OUTDIR: outdir },
  });
  if (synth.status !== 0) return [synth.stderr];
  const emitted = STACKS.map((kind) => [kind, readStack(outdir, `${environment}-${kind}`)] as const);
  const stacks = JSON.parse(JSON.stringify(Object.fromEntries(emitted)).replaceAll(ZONE, zone)) as Stacks;
  const { resources, dataSources } = typesIn(Object.values(stacks));
  for (const type of resources) made.resources.add(type);
  for (const type of dataSources) made.dataSources.add(type);
  const before = await inventoryOf(api);
  try {
    await rehearse({ environment, stacks, root: path.join(folder, environment, 'work'), provider, protected: false });
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    return [error.message];
  }
  return added(before, await inventoryOf(api)).map((what) => `${environment} left ${what}`);
}
