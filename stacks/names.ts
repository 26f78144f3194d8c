import { partitionOf } from './aws-limits';
import type { Settings } from './settings';

/** The product's name: the first part of every AWS name. */
export const APP = 'pipecat-voice-agent';
/** The container's name in the task definition. */
export const CONTAINER = 'pipecat-container';
/** The port the container listens on (FAST_API_PORT). */
export const CONTAINER_PORT = 7860;
/** First part of every log stream: `ecs/pipecat-container/<task id>`. */
export const LOG_STREAM_PREFIX = 'ecs';
/** UID and GID of the image's user `node`. */
export const CONTAINER_USER = '1000:1000';

/** A secret's name and the JSON keys in it that become environment variables of the container. */
export interface SecretSpec {
  /** Construct id. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly keys: readonly string[];
}

/** The secrets that these settings call for. */
export function secretSpecs({ secrets }: Settings): SecretSpec[] {
  const all: (SecretSpec & { wanted: boolean })[] = [
    {
      id: 'daily-api-key',
      name: `${secrets.namePrefix}/daily-api-key`,
      description: 'Daily.co API credentials: {"DAILY_API_KEY", "DAILY_API_URL"}',
      keys: ['DAILY_API_KEY', 'DAILY_API_URL'],
      wanted: true,
    },
    {
      id: 'aws-credentials',
      name: `${secrets.namePrefix}/aws-credentials`,
      description: 'Static AWS credentials: {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}',
      // AWS_REGION is in the secret for other readers; the container gets it as a plain variable.
      keys: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      wanted: secrets.useStaticCredentials,
    },
    {
      id: 'start-api-key',
      name: `${secrets.namePrefix}/start-api-key`,
      description: 'What a client must show to start a call: {"START_API_KEY"}',
      keys: ['START_API_KEY'],
      wanted: secrets.startKey,
    },
    {
      id: 'admin-api-key',
      name: `${secrets.namePrefix}/admin-api-key`,
      description: 'Opens the operator\'s view: {"ADMIN_API_KEY"}',
      keys: ['ADMIN_API_KEY'],
      wanted: secrets.adminKey,
    },
  ];
  return all.filter(({ wanted }) => wanted).map(({ id, name, description, keys }) => ({ id, name, description, keys }));
}

/** Every AWS name of an environment that is known before anything exists. */
export function namesOf(settings: Settings) {
  const base = `${APP}-${settings.environment}`;
  return {
    base,
    cluster: base,
    service: base,
    taskFamily: base,
    repository: base,
    loadBalancer: base,
    targetGroup: base,
    topic: `${base}-alarms`,
    dashboard: base,
    usageTable: `${base}-usage`,
    metricNamespace: `PipecatVoiceAgent/${settings.environment}`,
    logGroup: `/ecs/${base}`,
    flowLogGroup: `/vpc/${base}`,
    // AWS WAF prescribes the prefix, and Container Insights the whole name.
    firewallLogGroup: `aws-waf-logs-${base}`,
    insightsLogGroup: `/aws/ecs/containerinsights/${base}/performance`,
    stateBucket: `${base}-state-${settings.accountId}`,
    accessLogBucket: `${base}-access-logs-${settings.accountId}`,
    trailBucket: `${base}-trail-${settings.accountId}`,
    trail: base,
    restart: `${base}-restart`,
    notify: `${base}-notify`,
    roles: {
      execution: `${base}-execution`,
      task: `${base}-task`,
      flowLogs: `${base}-flow-logs`,
      restart: `${base}-restart`,
      notify: `${base}-notify`,
      trigger: `${base}-trigger`,
      deploy: `${base}-deploy`,
      plan: `${base}-plan`,
      build: `${base}-build`,
    },
  } as const;
}
export type Names = ReturnType<typeof namesOf>;

/** Key of a stack's state in the state bucket. */
export const stateKey = (stack: string): string => `${stack}.tfstate`;

/** ARNs of an environment's own things, by name: no look-up, so that a policy reads the same before and after. */
export function arnsOf(settings: Settings) {
  const { region, accountId } = settings;
  const partition = partitionOf(region);
  const names = namesOf(settings);
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  const bedrockRegion = settings.bedrock.region ?? region;
  return {
    partition,
    root: `arn:${partition}:iam::${accountId}:root`,
    regional,
    role: (name: string) => `arn:${partition}:iam::${accountId}:role/${name}`,
    bucket: (name: string) => `arn:${partition}:s3:::${name}`,
    logGroup: (name: string) => regional('logs', `log-group:${name}`),
    cluster: regional('ecs', `cluster/${names.cluster}`),
    service: regional('ecs', `service/${names.cluster}/${names.service}`),
    tasks: regional('ecs', `task/${names.cluster}/*`),
    repository: regional('ecr', `repository/${names.repository}`),
    restartMachine: regional('states', `stateMachine:${names.restart}`),
    notifyMachine: regional('states', `stateMachine:${names.notify}`),
    usageTable: regional('dynamodb', `table/${names.usageTable}`),
    topic: regional('sns', names.topic),
    trail: regional('cloudtrail', `trail/${names.trail}`),
    models: settings.bedrock.modelIds.map((id) => `arn:${partition}:bedrock:${bedrockRegion}::foundation-model/${id}`),
  } as const;
}
export type Arns = ReturnType<typeof arnsOf>;

/** The image that a release runs, by its digest where one is given. */
export function imageReference(settings: Settings): string {
  const { accountId, region, image } = settings;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const repository = image.repository ?? `${accountId}.dkr.ecr.${region}.${suffix}/${namesOf(settings).repository}`;
  return image.digest === undefined ? `${repository}:${image.tag ?? ''}` : `${repository}@${image.digest}`;
}

/** What a release is called: the image's tag, or without one its digest. */
export const releaseName = ({ image }: Settings): string => image.tag ?? image.digest ?? '';
