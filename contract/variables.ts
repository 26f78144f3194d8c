import { isIP } from 'node:net';
import { z } from 'zod';
import { ACCESS_VARIABLES } from './access-variables';
import { AGENT_VARIABLES, TOOL_VARIABLES } from './agent-variables';
import { EVENT_VARIABLES } from './event-variables';
import { BOT_PORT } from './http';
import { CALL_LIMIT_VARIABLES, DAY_LIMIT_VARIABLES } from './limit-variables';
import { KEPT } from './model-recordings';
import { DEFAULT_MODEL_ID } from './models';
import { E164, PHONE_VARIABLES } from './phone-variables';
import { DEFAULT_GREETING_PROMPT, DEFAULT_SYSTEM_PROMPT } from './prompts';
import { RECORD_VARIABLES } from './record-variables';
import { TRANSPORT_NAMES } from './transports';
import {
  flag,
  integer,
  isSet,
  json,
  list,
  minutes,
  type NamesIn,
  oneOf,
  percent,
  seconds,
  text,
  url,
  variablesIn,
} from './variable-readers';

/** Longest system prompt, in bytes: it is part of the model's context on every turn. */
export const MAX_PROMPT_BYTES = 16_384;

const TOKEN_RULE = 'visible ASCII characters without a space';
const TOKEN_PATTERN = /^[\x21-\x7e]+$/;
const REGION_RULE = 'the name of an AWS region, such as eu-north-1';
const REGION_PATTERN = /^[a-z]{2,3}(-[a-z]+){1,3}-[0-9]{1,2}$/;

/** A number of ours, and what Daily calls it. */
function callerId(raw: string): { readonly number: string; readonly id: string } | undefined {
  const [number = '', id = '', ...rest] = raw.split('=');
  return E164.test(number) && /^[\w-]{1,64}$/.test(id) && rest.length === 0 ? { number, id } : undefined;
}

const IP_ADDRESS = { test: (raw: string) => isIP(raw) !== 0 };

const iceUrl = z.string().regex(/^(stun|stuns|turn|turns):[^\s/]+$/);
/** As in RTCConfiguration. */
const iceServers = z.array(
  z.strictObject({
    urls: z.union([iceUrl, z.array(iceUrl).min(1)]),
    username: z.string().exactOptional(),
    credential: z.string().exactOptional(),
  }),
);

const price = z.number().min(0).max(100_000);
const prices = z.strictObject({ inputSpeech: price, inputText: price, outputSpeech: price, outputText: price });

/**
 * Every variable that the bot reads, under the path its value takes in the bot's configuration. The type of the
 * configuration, the reading and docs/configuration.md are all derived from this table.
 */
export const VARIABLES = {
  daily: {
    apiKey: text('DAILY_API_KEY', TOKEN_RULE, {
      pattern: TOKEN_PATTERN,
      secret: true,
      description: "Daily's API key. With it the transport is Daily unless TRANSPORT says otherwise.",
    }),
    pinlessHmac: text('DAILY_PINLESS_HMAC', '16 to 128 bytes in base64', {
      pattern: /^[A-Za-z0-9+/]{22,171}={0,2}$/,
      secret: true,
      defaultText: 'Daily sends no telephone calls',
      description:
        "Signs Daily's word of telephone calls: the `hmac` of your pinless dial-in configuration. Needs TRANSPORT=daily.",
    }),
    callerIds: list(
      'DAILY_CALLER_IDS',
      'a list such as +14155550100=0cb313e1-211f-4be0-833d-8c7305b19902, separated by commas',
      callerId,
      {
        defaultText: 'the bot calls nobody through Daily',
        description:
          'Numbers of your Daily domain that the bot may call from, each with its id at Daily; the first one unless a request says otherwise. Needs PHONE_CALLS_KEY and PHONE_CALLS_PREFIXES.',
      },
    ),
    apiUrl: url('DAILY_API_URL', { fallback: 'https://api.daily.co/v1', description: "Daily's REST API." }),
    bundleUrl: url('DAILY_BUNDLE_URL', {
      defaultText: "Daily's servers",
      description:
        "The folder of Daily's call machine, for the bot and for its page: the sandbox, or a copy of your own.",
    }),
    callsPerPage: integer('DAILY_CALLS_PER_PAGE', {
      min: 1,
      max: 16,
      fallback: 4,
      description: 'Daily calls that share a page of the browser: as many end when one crashes. More cost less each.',
    }),
    pagesPerBrowser: integer('DAILY_PAGES_PER_BROWSER', {
      min: 1,
      max: 16,
      fallback: 2,
      description: 'Pages that share a browser, and its end.',
    }),
    maxBusyShare: percent('DAILY_MAX_BUSY_PERCENT', {
      min: 10,
      max: 100,
      fallback: 85,
      description: 'How busy the processors may be for one more Daily call to be taken; 100 takes any.',
    }),
    chromiumPath: text('CHROMIUM_PATH', 'the path of a program', {
      pattern: /^\/\S+$/,
      defaultText: 'where Debian puts it',
      description: 'The Chromium that Daily calls run in: the program itself, not a script that starts it.',
    }),
  },
  region: text('AWS_REGION', REGION_RULE, {
    pattern: REGION_PATTERN,
    fallback: 'eu-north-1',
    description: 'The region the bot runs in.',
  }),
  awsCredentials: {
    hasAccessKeyId: isSet(
      text('AWS_ACCESS_KEY_ID', TOKEN_RULE, {
        pattern: TOKEN_PATTERN,
        secret: true,
        description: "Read by the AWS SDK. Optional: the task's role is preferred. Goes with AWS_SECRET_ACCESS_KEY.",
      }),
    ),
    hasSecretAccessKey: isSet(
      text('AWS_SECRET_ACCESS_KEY', TOKEN_RULE, {
        pattern: TOKEN_PATTERN,
        secret: true,
        description: 'Read by the AWS SDK. Goes with AWS_ACCESS_KEY_ID.',
      }),
    ),
  },
  host: text('HOST', 'an IP address or a host name', {
    pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
    fallback: '0.0.0.0',
    description: 'The address the HTTP server listens on.',
  }),
  port: integer('FAST_API_PORT', {
    min: 0,
    max: 65_535,
    fallback: BOT_PORT,
    description: 'The TCP port the HTTP server listens on; 0 is any free one.',
  }),
  transport: oneOf('TRANSPORT', TRANSPORT_NAMES, {
    defaultText: 'daily when DAILY_API_KEY is set, else webrtc',
    description: "How callers' audio comes in: Daily's rooms, or WebRTC straight to this process.",
  }),
  model: {
    id: text('NOVA_SONIC_MODEL_ID', `a Bedrock model id, such as ${DEFAULT_MODEL_ID}`, {
      pattern: /^[a-z0-9][a-zA-Z0-9.:_/-]{0,255}$/,
      fallback: DEFAULT_MODEL_ID,
      description: 'The speech model.',
    }),
    voiceId: text('NOVA_SONIC_VOICE', "a voice's name in lower-case letters", {
      pattern: /^[a-z]{2,32}$/,
      fallback: 'matthew',
      description: "The bot's voice; see the list in contract/models.ts.",
    }),
    endpointingSensitivity: oneOf('NOVA_SONIC_ENDPOINTING', ['HIGH', 'MEDIUM', 'LOW'], {
      fallback: 'MEDIUM',
      description: "How soon a pause ends the caller's turn: HIGH answers fastest, LOW lets people think.",
    }),
    rotateAfterMs: seconds('NOVA_SONIC_ROTATE_SECONDS', {
      min: 1,
      max: 380,
      fallback: 360,
      description:
        'At what age a stream to the model, which the service ends after eight minutes, is followed by the next one. Less is for tests with a sped-up sandbox.',
    }),
    region: text('BEDROCK_REGION', REGION_RULE, {
      pattern: REGION_PATTERN,
      defaultText: 'AWS_REGION',
      description: 'The region the model is called in, where it is not the one the bot runs in.',
    }),
    endpointUrl: url('BEDROCK_ENDPOINT_URL', {
      defaultText: "the region's public endpoint",
      description: 'Another endpoint of Bedrock: the sandbox, or a VPC endpoint.',
    }),
    pingEveryMs: seconds('BEDROCK_PING_SECONDS', {
      min: 0,
      max: 300,
      fallback: 5,
      description:
        'How often the connection to Bedrock is probed, so that a dead network is found at once; 0 is never.',
    }),
    systemPrompt: text('SYSTEM_PROMPT', `text of at most ${MAX_PROMPT_BYTES} bytes`, {
      maxBytes: MAX_PROMPT_BYTES,
      defaultText: `"${DEFAULT_SYSTEM_PROMPT.slice(0, 59)}…"`,
      description: 'Who the bot is and how it speaks. Not together with SYSTEM_PROMPT_FILE.',
    }),
    systemPromptFile: text('SYSTEM_PROMPT_FILE', 'the path of a readable text file', {
      description: `A file that holds the system prompt in UTF-8, at most ${MAX_PROMPT_BYTES} bytes.`,
    }),
    prices: json(
      'MODEL_PRICES',
      'a JSON object with inputSpeech, inputText, outputSpeech and outputText in dollars',
      prices,
      {
        defaultText: "the model's list prices, for models that are known",
        description: 'Dollars for a million tokens of each kind, for the estimated cost of calls.',
      },
    ),
    recordings: {
      folder: text('MODEL_RECORDINGS_FOLDER', 'the path of a folder', {
        defaultText: 'nothing is kept',
        description:
          'Where each stream to the model is kept as a file, for a bug report or a test: see docs/recordings.md. At most 32 MB a call.',
      }),
      audio: oneOf('MODEL_RECORDINGS_AUDIO', KEPT, {
        fallback: 'length',
        description: "Of the model's voice in recordings: how long it was, or all of it. The caller's is never kept.",
      }),
      texts: oneOf('MODEL_RECORDINGS_TEXTS', KEPT, {
        fallback: 'length',
        description: 'Of prompts, words, arguments and results in recordings: how long they were, or all of them.',
      }),
    },
  },
  agents: AGENT_VARIABLES,
  call: {
    greetingPrompt: text('GREETING_PROMPT', 'text of at most 1024 bytes', {
      maxBytes: 1024,
      fallback: DEFAULT_GREETING_PROMPT,
      description: 'What the bot is told when a caller has joined, so that it speaks first.',
    }),
    maxCalls: integer('MAX_CALLS', {
      min: 1,
      max: 1000,
      fallback: 10,
      description: 'Calls at the same time; one more is refused. Bedrock has a quota of concurrent streams, too.',
    }),
    busyAtLatenessMs: integer('BUSY_AT_LATENESS_MS', {
      min: 0,
      max: 1000,
      fallback: 40,
      description:
        'With 8 calls or more: when one beat of sound in a hundred was so late, in ms, over the last 10 s, one more call is refused. 0 never refuses for it.',
    }),
    maxCallMs: minutes('MAX_CALL_MINUTES', {
      min: 1,
      max: 1440,
      fallback: 30,
      description: 'The longest call; announced aloud before it ends.',
    }),
    userAbsentMs: seconds('USER_ABSENT_SECONDS', {
      min: 10,
      max: 3600,
      fallback: 120,
      description: 'How long nobody may say anything before the bot asks whether somebody is there, and hangs up.',
    }),
    isDucking: flag('DUCKING', {
      fallback: false,
      description:
        "Whether the bot's voice goes down once the caller's is there for 120 ms, and up again when the model confirms no barge-in within 600 ms. Off, because coughs lower it, too: see performance.md.",
    }),
    drainMs: seconds('DRAIN_SECONDS', {
      min: 0,
      max: 7200,
      fallback: 90,
      description:
        "How long calls may go on after SIGTERM before they are closed with a goodbye. Keep it 30 s below the container's stop timeout (120 s at most on Fargate).",
    }),
    ...CALL_LIMIT_VARIABLES,
  },
  tools: TOOL_VARIABLES,
  access: ACCESS_VARIABLES,
  limits: DAY_LIMIT_VARIABLES,
  phone: PHONE_VARIABLES,
  records: RECORD_VARIABLES,
  events: EVENT_VARIABLES,
  webrtc: {
    iceServers: json('ICE_SERVERS', 'a JSON array of RTCIceServer objects with stun: or turn: URLs', iceServers, {
      fallback: [],
      defaultText: 'none',
      secret: true,
      description: 'STUN and TURN servers for both sides of the WebRTC transport.',
    }),
    bindAddress: text('WEBRTC_BIND_ADDRESS', 'an IP address', {
      pattern: IP_ADDRESS,
      defaultText: 'all',
      description: 'The one address that WebRTC media uses.',
    }),
    udpPort: integer('WEBRTC_UDP_PORT', {
      min: 1,
      max: 65_535,
      defaultText: 'a free one for each call',
      description: 'The one UDP port that all WebRTC calls share, to be opened in a firewall.',
    }),
    allowPrivateCandidates: flag('WEBRTC_ALLOW_PRIVATE_CANDIDATES', {
      defaultText: 'only when WEBRTC_BIND_ADDRESS is a loopback address',
      description:
        'Whether a caller may name addresses of private networks (RFC 1918, loopback, unique local) to be reached at. Callers who can reach this process need none.',
    }),
  },
  telemetry: {
    metricsNamespace: text('METRICS_NAMESPACE', 'a CloudWatch namespace of letters, digits and ._-/#', {
      pattern: /^[A-Za-z0-9._/#-]{1,255}$/,
      defaultText: 'the log carries none',
      description: 'Where CloudWatch puts the numbers that the log carries in the embedded metric format.',
    }),
    otlpEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT', {
      defaultText: 'nothing is traced',
      description: 'The OpenTelemetry collector that gets traces by OTLP over HTTP, without /v1/traces.',
    }),
    messageContent: oneOf('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', ['NO_CONTENT', 'SPAN_ONLY'], {
      fallback: 'NO_CONTENT',
      description:
        'Whether spans have the words of calls: what the record of a call has of them (CALL_RECORDS), and never more.',
    }),
    serviceName: text('OTEL_SERVICE_NAME', 'at most 64 letters, digits, dots, dashes or underscores', {
      pattern: /^[A-Za-z0-9._-]{1,64}$/,
      fallback: 'voice-agent',
      description: 'What the traces call this service.',
    }),
  },
  ecs: {
    agentUri: url('ECS_AGENT_URI', {
      defaultText: 'not on ECS',
      description: 'Set by ECS: its agent, which is told to leave a task with calls alone.',
    }),
    metadataUri: url('ECS_CONTAINER_METADATA_URI_V4', {
      defaultText: 'not on ECS',
      description: 'Set by ECS: who this task is.',
    }),
    checkEveryMs: seconds('DEPLOYMENT_CHECK_SECONDS', {
      min: 1,
      max: 300,
      fallback: 30,
      description:
        'On ECS: how often the task asks whether its service has a newer deployment, which then takes the calls.',
    }),
    standsDown: flag('STAND_DOWN', {
      fallback: true,
      description:
        'On ECS: whether new calls are sent on once a newer deployment has a task running; `false` where the load balancer moves them, share by share.',
    }),
  },
  logLevel: oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    fallback: 'info',
    description: 'Below info, messages of errors made by libraries are logged, too.',
  }),
  version: text('VERSION', 'at most 64 letters, digits, dots, dashes, plus signs or underscores', {
    pattern: /^[A-Za-z0-9._+-]{1,64}$/,
    fallback: 'development',
    defaultText: 'what the build put in',
    description: 'What /health and the logs call this process.',
  }),
} as const;

/** The name of a variable that the bot reads. */
export type VariableName = NamesIn<typeof VARIABLES>;

/** All of them, in the table's order. */
export const ALL_VARIABLES = variablesIn(VARIABLES);
