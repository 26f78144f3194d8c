import { readFileSync } from 'node:fs';
import { BotError } from './errors';
import { MODEL_PRICES_USD } from '../contract/models';
import { TRANSPORTS, type TransportName } from '../contract/transports';
import { DEFAULT_SYSTEM_PROMPT } from '../contract/prompts';
import { rawValue, readTable, type ValuesOf } from '../contract/variable-readers';
import { ENVIRONMENT, MAX_PROMPT_BYTES } from '../contract/variables';
import { warningsFor } from './config-warnings';

export { ENVIRONMENT } from '../contract/variables';

/** Everything that can be set, checked; see docs/configuration.md. Durations are in ms whatever the variable's unit. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly transport: TransportName;
  /** The region the bot runs in. */
  readonly region: string;
  readonly telemetry: {
    /** Where CloudWatch puts what the log carries; undefined: it carries nothing. */
    readonly metricsNamespace: string | undefined;
    /** The collector of traces; undefined: nothing is traced. */
    readonly otlpEndpoint: string | undefined;
    readonly serviceName: string;
  };
  /** Where the ECS agent is; undefined: this is no task of ECS. */
  readonly ecs:
    | {
        readonly agentUri: string;
        readonly metadataUri: string;
        /** How often the task asks for a newer deployment. */
        readonly checkEveryMs: number;
      }
    | undefined;
  /** What a day may cost; see bot/cost. */
  readonly limits: {
    readonly callsPerCaller: number | undefined;
    readonly calls: number | undefined;
    readonly minutes: number | undefined;
    /** The table that all tasks share; undefined: each counts its own. */
    readonly table: string | undefined;
  };
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly version: string;
  readonly daily: {
    readonly apiKey: string | undefined;
    readonly apiUrl: string;
    /** Where the call machine is loaded from; undefined is Daily's own servers. */
    readonly bundleUrl: string | undefined;
    /** The browser; undefined looks in the usual places. */
    readonly chromiumPath: string | undefined;
    readonly callsPerPage: number;
    readonly pagesPerBrowser: number;
    /** Share of the processors, 0–1, beyond which no more calls are taken. */
    readonly maxBusyShare: number;
  };
  readonly model: {
    readonly id: string;
    readonly voiceId: string;
    readonly systemPrompt: string;
    readonly region: string;
    /** The sandbox or a VPC endpoint; undefined is the region's public endpoint. */
    readonly endpointUrl: string | undefined;
    /** How often the connection is probed with an HTTP/2 PING; 0 is never. */
    readonly pingEveryMs: number;
    readonly endpointingSensitivity: 'HIGH' | 'MEDIUM' | 'LOW';
    /** Dollars for a million tokens; undefined where they are not known. */
    readonly prices:
      | {
          readonly inputSpeech: number;
          readonly inputText: number;
          readonly outputSpeech: number;
          readonly outputText: number;
        }
      | undefined;
    /** At what age of a stream the next one is opened. */
    readonly rotateAfterMs: number;
  };
  readonly call: {
    readonly maxCalls: number;
    readonly maxCallMs: number;
    readonly userAbsentMs: number;
    /** How long a SIGTERM lets calls go on before they are closed with a goodbye. */
    readonly drainMs: number;
    /** What the bot is told to open the call with. */
    readonly greetingPrompt: string;
  };
  readonly access: {
    readonly startApiKey: string | undefined;
    readonly adminApiKey: string | undefined;
    /** Origins as a browser writes them, or `*`. */
    readonly allowedOrigins: readonly string[];
    /** Starts allowed per address and minute. */
    readonly startsPerMinute: number;
    /** How many proxies in front are trusted to name the caller's address. */
    readonly trustedProxies: number;
    readonly browserRedirect: boolean;
    /** How often a start that finds no place here is sent back through the load balancer. */
    readonly startHops: number;
  };
  readonly webrtc: {
    readonly iceServers: readonly IceServer[];
    /** The address ICE candidates are bound to; undefined is all. */
    readonly bindAddress: string | undefined;
    /** The one UDP port all calls share, or undefined for a free port each. */
    readonly udpPort: number | undefined;
  };
  readonly environment: EnvironmentReport;
}

/** As in RTCConfiguration. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What a health check may say of the environment: names and presence, never a value. */
export interface EnvironmentReport {
  /** Variables that this configuration cannot do without. */
  readonly required: readonly string[];
  /** Those of them that are not set: the process runs, and takes no calls. */
  readonly missing: readonly string[];
  /** Every secret by its variable's name, and whether it is set. */
  readonly secrets: Readonly<Record<string, boolean>>;
}

type Values = ValuesOf<typeof ENVIRONMENT>;

/**
 * Reads and checks the environment.
 * @throws BotError `config_invalid` whose message names every variable that breaks its rule, and the rule; no value.
 */
export function readConfig(env: NodeJS.ProcessEnv): { config: Config; warnings: readonly string[] } {
  const { values, problems } = readTable(ENVIRONMENT, env);
  if ((values.AWS_ACCESS_KEY_ID === undefined) !== (values.AWS_SECRET_ACCESS_KEY === undefined)) {
    problems.push('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together or not at all');
  }
  const systemPrompt = readSystemPrompt(values, problems);
  if (problems.length > 0) throw new BotError('config_invalid', problems.join('; '));
  const config = toConfig(values, systemPrompt, env);
  return { config, warnings: warningsFor(config, env) };
}

/** `readConfig` for those who have no use for the warnings. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(env).config;
}

function readSystemPrompt(values: Values, problems: string[]): string {
  const { SYSTEM_PROMPT: prompt, SYSTEM_PROMPT_FILE: path } = values;
  if (path === undefined) return prompt ?? DEFAULT_SYSTEM_PROMPT;
  if (prompt !== undefined) problems.push('SYSTEM_PROMPT and SYSTEM_PROMPT_FILE must not both be set');
  const rule = `SYSTEM_PROMPT_FILE must be ${ENVIRONMENT.SYSTEM_PROMPT_FILE.rule}`;
  try {
    const content = readFileSync(path);
    const read = new TextDecoder('utf-8', { fatal: true }).decode(content).trim();
    if (read !== '' && content.byteLength <= MAX_PROMPT_BYTES) return read;
    problems.push(`${rule} of 1 to ${MAX_PROMPT_BYTES} bytes`);
  } catch (error) {
    const { code = 'unreadable' } = error as Partial<NodeJS.ErrnoException>;
    problems.push(`${rule} in UTF-8 (${code})`);
  }
  return DEFAULT_SYSTEM_PROMPT;
}

function toConfig(values: Values, systemPrompt: string, env: NodeJS.ProcessEnv): Config {
  const transport = values.TRANSPORT ?? (values.DAILY_API_KEY === undefined ? 'webrtc' : 'daily');
  return {
    host: values.HOST,
    port: values.FAST_API_PORT,
    transport,
    region: values.AWS_REGION,
    telemetry: {
      metricsNamespace: values.METRICS_NAMESPACE,
      otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
      serviceName: values.OTEL_SERVICE_NAME,
    },
    ecs: ecsOf(values),
    limits: {
      callsPerCaller: values.CALLS_PER_CALLER_PER_DAY,
      calls: values.CALLS_PER_DAY,
      minutes: values.MINUTES_PER_DAY,
      table: values.USAGE_TABLE,
    },
    logLevel: values.LOG_LEVEL,
    version: values.VERSION,
    daily: {
      apiKey: values.DAILY_API_KEY,
      apiUrl: values.DAILY_API_URL,
      bundleUrl: values.DAILY_BUNDLE_URL,
      chromiumPath: values.CHROMIUM_PATH,
      callsPerPage: values.DAILY_CALLS_PER_PAGE,
      pagesPerBrowser: values.DAILY_PAGES_PER_BROWSER,
      maxBusyShare: values.DAILY_MAX_BUSY_PERCENT / 100,
    },
    model: {
      id: values.NOVA_SONIC_MODEL_ID,
      voiceId: values.NOVA_SONIC_VOICE,
      systemPrompt,
      region: values.BEDROCK_REGION ?? values.AWS_REGION,
      endpointUrl: values.BEDROCK_ENDPOINT_URL,
      pingEveryMs: values.BEDROCK_PING_SECONDS * 1000,
      endpointingSensitivity: values.NOVA_SONIC_ENDPOINTING,
      prices: values.MODEL_PRICES ?? MODEL_PRICES_USD[values.NOVA_SONIC_MODEL_ID],
      rotateAfterMs: values.NOVA_SONIC_ROTATE_SECONDS * 1000,
    },
    call: {
      maxCalls: values.MAX_CALLS,
      maxCallMs: values.MAX_CALL_MINUTES * 60_000,
      userAbsentMs: values.USER_ABSENT_SECONDS * 1000,
      drainMs: values.DRAIN_SECONDS * 1000,
      greetingPrompt: values.GREETING_PROMPT,
    },
    access: {
      startApiKey: values.START_API_KEY,
      adminApiKey: values.ADMIN_API_KEY,
      allowedOrigins: values.ALLOWED_ORIGINS,
      startsPerMinute: values.START_RATE_PER_MINUTE,
      trustedProxies: values.TRUSTED_PROXIES,
      browserRedirect: values.BROWSER_REDIRECT,
      startHops: values.START_HOPS,
    },
    webrtc: {
      iceServers: values.ICE_SERVERS,
      bindAddress: values.WEBRTC_BIND_ADDRESS,
      udpPort: values.WEBRTC_UDP_PORT,
    },
    environment: reportEnvironment(transport, env),
  };
}

/** Both addresses or none: a container of ECS has both. */
function ecsOf(values: Values): Config['ecs'] {
  const { ECS_AGENT_URI: agentUri, ECS_CONTAINER_METADATA_URI_V4: metadataUri } = values;
  if (agentUri === undefined || metadataUri === undefined) return undefined;
  return { agentUri, metadataUri, checkEveryMs: values.DEPLOYMENT_CHECK_SECONDS * 1000 };
}

function reportEnvironment(transport: Config['transport'], env: NodeJS.ProcessEnv): EnvironmentReport {
  const { required } = TRANSPORTS[transport];
  const isSet = (name: string): boolean => rawValue(env, name) !== undefined;
  const secrets = Object.entries(ENVIRONMENT).filter(([, variable]) => variable.secret);
  return {
    required,
    missing: required.filter((name) => !isSet(name)),
    secrets: Object.fromEntries(secrets.map(([name]) => [name, isSet(name)])),
  };
}
