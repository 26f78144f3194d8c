import { BOT_PORT, HEALTH_PATH } from '../../contract/http';
import type { AwsStack } from '../aws-stack';
import type { OWN_VARIABLES } from '../bot-variables';
import {
  bedrockRegion,
  CONTAINER,
  CONTAINER_USER,
  imageReference,
  LOG_STREAM_PREFIX,
  MEDIA_PORT,
  movesTraffic,
  RECORDS_PREFIX,
  releaseName,
  saysEvents,
} from '../names';
import { hasTelephone, type Settings, settingsSchema } from '../settings';
import { variablesFilled } from '../settings-variables';
import type { KnownSecret } from './secrets';

type OwnVariable = keyof typeof OWN_VARIABLES;

/** Fargate's longest time between SIGTERM and SIGKILL. */
const STOP_TIMEOUT_SECONDS = 120;
/** What the stop timeout must leave after calls have been drained: for the goodbye and the exit. */
const EXIT_SECONDS = 30;

/** The health check without curl or a shell: neither is in the image. */
export const HEALTH_CHECK =
  `fetch('http://127.0.0.1:${BOT_PORT}${HEALTH_PATH}',{signal:AbortSignal.timeout(4000)})` +
  `.then(r=>process.exit(r.ok?0:1),()=>process.exit(1))`;

/** A start that meets a full or outdated task comes to another by the load balancer's round, so often at most. */
const START_HOPS = 16;

/** What the settings fill, what they set by name, and what the infrastructure itself knows. */
function environment(stack: AwsStack): Readonly<Record<string, string | undefined>> {
  const { settings } = stack;
  const destinations = Object.entries(settings.destinations).map(([name, address]) => `${name}=${address}`);
  return {
    NODE_ENV: 'production',
    ...variablesFilled(settingsSchema, settings),
    ...settings.bot.variables,
    ...(destinations.length === 0 ? {} : { TRANSFER_DESTINATIONS: destinations.join(',') }),
    ...ownVariables(stack),
  };
}

function ownVariables({ settings, agents, names }: AwsStack): Readonly<Record<OwnVariable, string | undefined>> {
  return {
    AGENT: settings.agents[0] ?? '',
    AGENTS: agents.map(({ name }) => name).join(','),
    HOST: '0.0.0.0',
    FAST_API_PORT: String(BOT_PORT),
    AWS_REGION: settings.region,
    BEDROCK_REGION: bedrockRegion(settings),
    NOVA_SONIC_MODEL_ID: settings.bedrock.modelIds[0] ?? '',
    TRANSPORT: settings.transport,
    ...mediaVariables(settings),
    DRAIN_SECONDS: String(STOP_TIMEOUT_SECONDS - EXIT_SECONDS),
    // The load balancer, which is all that can reach the port.
    TRUSTED_PROXIES: '1',
    START_HOPS: String(START_HOPS),
    METRICS_NAMESPACE: names.metricNamespace,
    PUBLIC_URL: hasTelephone(settings) && settings.domain ? `https://${settings.domain.name}` : undefined,
    USAGE_TABLE: names.usageTable,
    ...recordVariables({ settings, names }),
    STAND_DOWN: movesTraffic(settings) ? 'false' : undefined,
  };
}

/** Where records go, and events. */
function recordVariables({
  settings: { records, region, accountId },
  names,
}: Pick<AwsStack, 'settings' | 'names'>): Readonly<
  Record<'CALL_RECORDS' | 'CALL_EVENTS_BUS' | 'CALL_EVENTS_UNDELIVERED', string | undefined>
> {
  const queue = `https://sqs.${region}.amazonaws.com/${accountId}/${names.undeliveredCallEvents}`;
  return {
    CALL_RECORDS: records.keep ? `s3://${names.recordsBucket}/${RECORDS_PREFIX.slice(0, -1)}` : undefined,
    CALL_EVENTS_BUS: records.events.bus ? names.eventBus : undefined,
    CALL_EVENTS_UNDELIVERED: saysEvents(records) ? queue : undefined,
  };
}

/** Where media comes straight to the task. */
function mediaVariables({
  transport,
  webrtc,
}: Settings): Readonly<Record<'ICE_SERVERS' | 'WEBRTC_UDP_PORT', string | undefined>> {
  const isDirect = transport === 'webrtc';
  return {
    ICE_SERVERS: isDirect ? JSON.stringify([{ urls: webrtc.stunServer }]) : undefined,
    WEBRTC_UDP_PORT: isDirect ? String(MEDIA_PORT) : undefined,
  };
}

/** Terraform reads `${` and `%{` in strings as its own; doubling the first character makes them text. */
const escapeTemplates = (text: string): string => text.replaceAll(/[$%]\{/g, (opening) => opening.charAt(0) + opening);

/**
 * The container definition as JSON text. Written by JSON.stringify, because CDKTF's `Fn.jsonencode` leaves quotes and
 * backslashes unescaped, and policy checkers read nothing else.
 */
export function containerDefinitions(stack: AwsStack, secrets: readonly KnownSecret[]): string {
  return JSON.stringify([
    {
      name: CONTAINER,
      image: imageReference(stack.settings),
      // As the image's own label says it, so that a task definition tells its release without its image.
      dockerLabels: { 'org.opencontainers.image.version': releaseName(stack.settings) },
      essential: true,
      user: CONTAINER_USER,
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: {
        // The image brings its own init, which no other process can read. ECS's would be process 1 with all secrets in
        // an environment that the browser's processes, of the same user, may read.
        initProcessEnabled: false,
        capabilities: { drop: ['ALL'] },
        tmpfs: [{ containerPath: '/tmp', size: 64, mountOptions: ['rw', 'noexec', 'nosuid', 'nodev'] }],
      },
      stopTimeout: STOP_TIMEOUT_SECONDS,
      portMappings: [{ containerPort: BOT_PORT, hostPort: BOT_PORT, protocol: 'tcp', name: 'http' }],
      environment: Object.entries(environment(stack)).flatMap(([name, value]) =>
        value === undefined ? [] : [{ name, value: escapeTemplates(value) }],
      ),
      // ARN:key:stage:version, the last two empty: the newest value. Without the key ECS would inject the whole JSON.
      secrets: secrets.flatMap(({ arn, injected }) =>
        injected.map((key) => ({ name: key, valueFrom: `${arn}:${key}::` })),
      ),
      healthCheck: {
        command: ['CMD', 'node', '-e', HEALTH_CHECK],
        interval: 15,
        timeout: 5,
        retries: 4,
        startPeriod: 30,
      },
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': stack.names.logGroup,
          'awslogs-region': stack.settings.region,
          'awslogs-stream-prefix': LOG_STREAM_PREFIX,
          // A slow log must not block audio; what overflows is lost.
          mode: 'non-blocking',
          'max-buffer-size': '25m',
        },
      },
      // NAT gateways forget a silent TCP connection after 350 s.
      systemControls: [
        { namespace: 'net.ipv4.tcp_keepalive_time', value: '120' },
        { namespace: 'net.ipv4.tcp_keepalive_intvl', value: '30' },
      ],
      ulimits: [{ name: 'nofile', softLimit: 65_536, hardLimit: 65_536 }],
      mountPoints: [],
      volumesFrom: [],
    },
  ]);
}
