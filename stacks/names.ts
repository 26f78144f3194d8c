import { LONGEST_DEREGISTRATION_SECONDS, partitionOf } from './aws-limits';
import type { Settings } from './settings';

/** The product's name: the first part of every AWS name. */
export const APP = 'pipecat-voice-agent';
/** The container's name in the task definition. */
export const CONTAINER = 'pipecat-container';
/** First part of every log stream: `ecs/pipecat-container/<task id>`. */
export const LOG_STREAM_PREFIX = 'ecs';
/** UID and GID of the image's user `node`. */
export const CONTAINER_USER = '1000:1000';

/** First part of every object of a call in the records' bucket, and of what is logged about them in the access logs'. */
export const RECORDS_PREFIX = 'calls/';
/** First part of every object that a query over records leaves in their bucket. */
export const QUERY_RESULTS_PREFIX = 'queries/';

/** The table that has a row for each record. */
export const RECORDS_TABLE = 'calls';

/** The UDP port of a task that takes callers' media straight from the page. */
export const MEDIA_PORT = 7861;

/** Enough for HTTP requests, which is all that passes the load balancer where nobody telephones. */
const REQUESTS_DRAIN_SECONDS = 60;

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
    // A load balancer's names have 32 letters at most, which the base uses up.
    nextTargetGroup: `pipecat-voice-next-${settings.environment}`,
    topic: `${base}-alarms`,
    dashboard: base,
    usageTable: `${base}-usage`,
    metricNamespace: `PipecatVoiceAgent/${settings.environment}`,
    logGroup: `/ecs/${base}`,
    flowLogGroup: `/vpc/${base}`,
    // AWS WAF prescribes the prefix, and Container Insights the whole name.
    firewallLogGroup: `aws-waf-logs-${base}`,
    // Step Functions delivers to groups of this prefix without a policy for each.
    machineLogGroup: `/aws/vendedlogs/states/${base}`,
    insightsLogGroup: `/aws/ecs/containerinsights/${base}/performance`,
    stateBucket: `${base}-state-${settings.accountId}`,
    accessLogBucket: `${base}-access-logs-${settings.accountId}`,
    trailBucket: `${base}-trail-${settings.accountId}`,
    recordsBucket: `${base}-records-${settings.accountId}`,
    recordsWorkgroup: `${base}-records`,
    // Without hyphens, which SQL would have quoted.
    recordsDatabase: base.replaceAll('-', '_'),
    trail: base,
    restart: `${base}-restart`,
    notify: `${base}-notify`,
    undelivered: `${base}-undelivered`,
    eventBus: base,
    callEvents: `${base}-calls`,
    undeliveredCallEvents: `${base}-calls-undelivered`,
    roles: {
      execution: `${base}-execution`,
      task: `${base}-task`,
      flowLogs: `${base}-flow-logs`,
      restart: `${base}-restart`,
      notify: `${base}-notify`,
      trigger: `${base}-trigger`,
      traffic: `${base}-traffic`,
      deploy: `${base}-deploy`,
      plan: `${base}-plan`,
      build: `${base}-build`,
    },
  } as const;
}
export type Names = ReturnType<typeof namesOf>;

/** The region that the model is called in. */
export const bedrockRegion = ({ bedrock, region }: Settings): string => bedrock.region ?? region;

/** A foundation model belongs to no account. */
export const modelArn = (region: string, modelId: string): string =>
  `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${modelId}`;

/** Whether ECS moves the load balancer's traffic to a release, share by share. */
export const movesTraffic = ({ release }: Settings): boolean => release.strategy !== 'rolling';

/** How long ECS moves and watches a release's traffic, in minutes; 0 where it does not. */
export function movingMinutes({ release }: Settings): number {
  const { strategy, percent, stepMinutes, bakeMinutes } = release;
  if (strategy === 'rolling') return 0;
  // The last step of a linear deployment has all traffic, and is watched as the bake time.
  const steps = strategy === 'canary' ? 1 : Math.ceil(100 / percent) - 1;
  return steps * stepMinutes + bakeMinutes;
}

/**
 * How long the session of a workflow's role lasts: an hour, which two builds one after the other take, and as long as
 * traffic is moved.
 */
export const workflowSessionSeconds = (settings: Settings): number => 3_600 + 60 * movingMinutes(settings);

/**
 * How long the load balancer keeps the connections of a task that is to go, in seconds. Telephone calls are such
 * connections: they get as long as the longest call and its goodbye, or as long as there is.
 */
export function deregistrationSeconds({ phone, bot }: Settings): number {
  if (phone === undefined) return REQUESTS_DRAIN_SECONDS;
  return Math.min(LONGEST_DEREGISTRATION_SECONDS, longestPhoneCallSeconds(bot));
}

/** A call's limit, and the goodbye after it. */
export const longestPhoneCallSeconds = ({ maxCallMinutes }: Settings['bot']): number => 60 * maxCallMinutes + 60;

/** Whether a smoke call must come from the service's own network. */
export const isSmokedFromInside = ({ loadBalancer }: Settings): boolean => loadBalancer.internal;

/** Whether somebody hears of calls as they happen. */
export const saysEvents = ({ events }: Settings['records']): boolean => events.bus || events.webhook !== undefined;

/** Key of a stack's state in the state bucket. */
export const stateKey = (stack: string): string => `${stack}.tfstate`;

/** ARNs of an environment's own things, by name: no look-up, so that a policy reads the same before and after. */
export function arnsOf(settings: Settings) {
  const { region, accountId } = settings;
  const partition = partitionOf(region);
  const names = namesOf(settings);
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  return {
    partition,
    root: `arn:${partition}:iam::${accountId}:root`,
    regional,
    role: (name: string) => `arn:${partition}:iam::${accountId}:role${settings.iam.rolePath}${name}`,
    bucket: (name: string) => `arn:${partition}:s3:::${name}`,
    logGroup: (name: string) => regional('logs', `log-group:${name}`),
    cluster: regional('ecs', `cluster/${names.cluster}`),
    service: regional('ecs', `service/${names.cluster}/${names.service}`),
    tasks: regional('ecs', `task/${names.cluster}/*`),
    repository: regional('ecr', `repository/${names.repository}`),
    restartMachine: regional('states', `stateMachine:${names.restart}`),
    notifyMachine: regional('states', `stateMachine:${names.notify}`),
    undelivered: regional('sqs', names.undelivered),
    eventBus: regional('events', `event-bus/${names.eventBus}`),
    callEventsRule: regional('events', `rule/${names.eventBus}/${names.callEvents}`),
    undeliveredCallEvents: regional('sqs', names.undeliveredCallEvents),
    recordsWorkgroup: regional('athena', `workgroup/${names.recordsWorkgroup}`),
    /** The table of records, and what it is found by. */
    recordsTable: [
      regional('glue', 'catalog'),
      regional('glue', `database/${names.recordsDatabase}`),
      regional('glue', `table/${names.recordsDatabase}/${RECORDS_TABLE}`),
    ],
    usageTable: regional('dynamodb', `table/${names.usageTable}`),
    topic: regional('sns', names.topic),
    trail: regional('cloudtrail', `trail/${names.trail}`),
    /** As a tool declares it: a name, `name:alias`, or an ARN, which may be of another account. */
    lambdaFunction: (declared: string) =>
      declared.startsWith('arn:') ? declared : regional('lambda', `function:${declared}`),
    knowledgeBase: (id: string) => regional('bedrock', `knowledge-base/${id}`),
    models: settings.bedrock.modelIds.map((id) => modelArn(bedrockRegion(settings), id)),
  } as const;
}
export type Arns = ReturnType<typeof arnsOf>;

/**
 * First part of the tags that keep released images: the registry expires no image that such a tag is on before the
 * newest ones of them, however many are pushed meanwhile.
 */
export const RELEASED_TAG_PREFIX = 'released-';

/** The image that a release runs, by its digest where one is given. */
export function imageReference(settings: Settings): string {
  const { accountId, region, image } = settings;
  const repository = image.repository ?? `${accountId}.dkr.ecr.${region}.amazonaws.com/${namesOf(settings).repository}`;
  return image.digest === undefined ? `${repository}:${image.tag ?? ''}` : `${repository}@${image.digest}`;
}

/** What a release is called: the image's tag, or without one its digest. */
export const releaseName = ({ image }: Settings): string => image.tag ?? image.digest ?? '';

export type Github = NonNullable<Settings['github']>;

/** Whether the repository's numbers are known, by which GitHub's newer tokens name it. */
export const hasGithubIds = ({ ownerId, repositoryId }: Github): boolean =>
  ownerId !== undefined && repositoryId !== undefined;

/**
 * First part of the subjects of a repository's workflow tokens, in each form that is accepted: by its names, by names
 * and numbers (`repo:OWNER@1/NAME@2`, which GitHub sends for repositories made, renamed or moved since 15 July 2026:
 * github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens), or both.
 */
export function githubSubjects(github: Github): string[] {
  const [owner = '', name = ''] = github.repository.split('/');
  const subject = github.subject ?? (hasGithubIds(github) ? 'ids' : 'names');
  return [
    ...(subject === 'ids' ? [] : [`repo:${github.repository}`]),
    ...(subject === 'names' ? [] : [`repo:${owner}@${github.ownerId}/${name}@${github.repositoryId}`]),
  ];
}
