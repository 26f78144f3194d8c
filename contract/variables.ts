import { isIP } from 'node:net';
import { z } from 'zod';
import { TRANSPORT_NAMES } from './transports';
import { DEFAULT_GREETING_PROMPT, DEFAULT_SYSTEM_PROMPT } from './prompts';
import { BUILD_VERSION } from '../bot/environment/version';
import { flag, integer, json, list, oneOf, text, url, withDefaultText } from './variable-readers';

/** Longest system prompt, in bytes: it is spoken for in the model's context on every turn. */
export const MAX_PROMPT_BYTES = 16_384;

const KEY_RULE = 'at least 16 visible ASCII characters without a space';
const KEY_PATTERN = /^[\x21-\x7e]{16,512}$/;
const TOKEN_RULE = 'visible ASCII characters without a space';
const TOKEN_PATTERN = /^[\x21-\x7e]+$/;
const REGION_RULE = 'the name of an AWS region, such as us-east-1';
const REGION_PATTERN = /^[a-z]{2,3}(-[a-z]+){1,3}-[0-9]{1,2}$/;

const IP_ADDRESS = { test: (raw: string) => isIP(raw) !== 0 };

const iceUrl = z.string().regex(/^(stun|stuns|turn|turns):[^\s/]+$/);
const iceServers = z.array(
  z.strictObject({
    urls: z.union([iceUrl, z.array(iceUrl).min(1)]),
    username: z.string().exactOptional(),
    credential: z.string().exactOptional(),
  }),
);

const price = z.number().min(0).max(100_000);
const prices = z.strictObject({ inputSpeech: price, inputText: price, outputSpeech: price, outputText: price });

/** `https://example.com`, as a browser writes an origin, or undefined. */
function origin(raw: string): string | undefined {
  if (raw === '*') return raw;
  if (!URL.canParse(raw)) return undefined;
  const parsed = new URL(raw);
  return ['http:', 'https:'].includes(parsed.protocol) && parsed.origin === raw.replace(/\/$/, '')
    ? parsed.origin
    : undefined;
}

/**
 * Every variable that the runtime reads: this table drives both the reading and docs/configuration.md.
 * The sample this grew from named the first seven; they keep their names.
 */
export const ENVIRONMENT = {
  DAILY_API_KEY: text(TOKEN_RULE, {
    pattern: TOKEN_PATTERN,
    fallback: undefined,
    secret: true,
    description: "Daily's API key. With it the transport is Daily unless TRANSPORT says otherwise.",
  }),
  DAILY_API_URL: url({ fallback: 'https://api.daily.co/v1', description: "Daily's REST API." }),
  DAILY_BUNDLE_URL: withDefaultText(
    url({
      fallback: undefined,
      description: "The folder of Daily's call machine: the sandbox, or a copy of your own.",
    }),
    "Daily's servers",
  ),
  DAILY_CALLS_PER_PAGE: integer({
    min: 1,
    max: 16,
    fallback: 4,
    description: 'Daily calls that share a page of the browser: as many end when one crashes. More cost less each.',
  }),
  DAILY_PAGES_PER_BROWSER: integer({
    min: 1,
    max: 16,
    fallback: 2,
    description: 'Pages that share a browser, and its end.',
  }),
  DAILY_MAX_BUSY_PERCENT: integer({
    min: 10,
    max: 100,
    fallback: 85,
    description: 'How busy the processors may be for one more Daily call to be taken; 100 takes any.',
  }),
  CHROMIUM_PATH: withDefaultText(
    text('the path of a program', {
      pattern: /^\/\S+$/,
      fallback: undefined,
      description: 'The Chromium that Daily calls run in: the program itself, not a script that starts it.',
    }),
    'where Debian puts it',
  ),
  AWS_REGION: text(REGION_RULE, {
    pattern: REGION_PATTERN,
    fallback: 'eu-north-1',
    description: 'The region the bot runs in.',
  }),
  AWS_ACCESS_KEY_ID: text(TOKEN_RULE, {
    pattern: TOKEN_PATTERN,
    fallback: undefined,
    secret: true,
    description: "Read by the AWS SDK. Optional: the task's role is preferred. Goes with AWS_SECRET_ACCESS_KEY.",
  }),
  AWS_SECRET_ACCESS_KEY: text(TOKEN_RULE, {
    pattern: TOKEN_PATTERN,
    fallback: undefined,
    secret: true,
    description: 'Read by the AWS SDK. Goes with AWS_ACCESS_KEY_ID.',
  }),
  HOST: text('an IP address or a host name', {
    pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
    fallback: '0.0.0.0',
    description: 'The address the HTTP server listens on.',
  }),
  FAST_API_PORT: integer({
    min: 0,
    max: 65_535,
    fallback: 7860,
    description: 'The TCP port the HTTP server listens on; 0 is any free one.',
  }),
  TRANSPORT: withDefaultText(
    oneOf(TRANSPORT_NAMES, {
      fallback: undefined,
      description: "How callers' audio comes in: Daily's rooms, or WebRTC straight to this process.",
    }),
    'daily when DAILY_API_KEY is set, else webrtc',
  ),
  NOVA_SONIC_MODEL_ID: text('a Bedrock model id, such as amazon.nova-2-sonic-v1:0', {
    pattern: /^[a-z0-9][a-zA-Z0-9.:_/-]{0,255}$/,
    fallback: 'amazon.nova-2-sonic-v1:0',
    description: 'The speech model.',
  }),
  NOVA_SONIC_VOICE: text("a voice's name in lower-case letters", {
    pattern: /^[a-z]{2,32}$/,
    fallback: 'matthew',
    description: "The bot's voice; see the list in contract/models.ts.",
  }),
  NOVA_SONIC_ENDPOINTING: oneOf(['HIGH', 'MEDIUM', 'LOW'], {
    fallback: 'MEDIUM',
    description: "How soon a pause ends the caller's turn: HIGH answers fastest, LOW lets people think.",
  }),
  NOVA_SONIC_ROTATE_SECONDS: integer({
    min: 1,
    max: 380,
    fallback: 360,
    description:
      'At what age a stream to the model, which the service ends after eight minutes, is followed by the next one. Less is for tests with a sped-up sandbox.',
  }),
  BEDROCK_REGION: withDefaultText(
    text(REGION_RULE, {
      pattern: REGION_PATTERN,
      fallback: undefined,
      description: 'The region the model is called in, because Nova 2 Sonic is not offered everywhere.',
    }),
    'AWS_REGION',
  ),
  BEDROCK_ENDPOINT_URL: withDefaultText(
    url({ fallback: undefined, description: 'Another endpoint of Bedrock: the sandbox, or a VPC endpoint.' }),
    "the region's public endpoint",
  ),
  BEDROCK_PING_SECONDS: integer({
    min: 0,
    max: 300,
    fallback: 5,
    description: 'How often the connection to Bedrock is probed, so that a dead network is found at once; 0 is never.',
  }),
  SYSTEM_PROMPT: withDefaultText(
    text(`text of at most ${MAX_PROMPT_BYTES} bytes`, {
      maxBytes: MAX_PROMPT_BYTES,
      fallback: undefined,
      description: 'Who the bot is and how it speaks. Not together with SYSTEM_PROMPT_FILE.',
    }),
    `"${DEFAULT_SYSTEM_PROMPT.slice(0, 59)}…"`,
  ),
  SYSTEM_PROMPT_FILE: text('the path of a readable text file', {
    fallback: undefined,
    description: `A file that holds the system prompt in UTF-8, at most ${MAX_PROMPT_BYTES} bytes.`,
  }),
  GREETING_PROMPT: text('text of at most 1024 bytes', {
    maxBytes: 1024,
    fallback: DEFAULT_GREETING_PROMPT,
    description: 'What the bot is told when a caller has joined, so that it speaks first.',
  }),
  MAX_CALLS: integer({
    min: 1,
    max: 1000,
    fallback: 10,
    description: 'Calls at the same time; one more is refused. Bedrock has a quota of concurrent streams, too.',
  }),
  MAX_CALL_MINUTES: integer({
    min: 1,
    max: 1440,
    fallback: 30,
    description: 'The longest call; announced aloud before it ends.',
  }),
  USER_ABSENT_SECONDS: integer({
    min: 10,
    max: 3600,
    fallback: 120,
    description: 'How long nobody may say anything before the bot asks whether somebody is there, and hangs up.',
  }),
  DRAIN_SECONDS: integer({
    min: 0,
    max: 7200,
    fallback: 90,
    description:
      "How long calls may go on after SIGTERM before they are closed with a goodbye. Keep it 30 s below the container's stop timeout (120 s at most on Fargate).",
  }),
  START_API_KEY: text(KEY_RULE, {
    pattern: KEY_PATTERN,
    fallback: undefined,
    secret: true,
    description: 'What a client must show to start a call. Without it anybody who reaches the port can.',
  }),
  ADMIN_API_KEY: text(KEY_RULE, {
    pattern: KEY_PATTERN,
    fallback: undefined,
    secret: true,
    description: "Opens the operator's view at /calls, which is off without it.",
  }),
  ALLOWED_ORIGINS: list('a list of origins such as https://example.com separated by commas, or *', origin, {
    defaultText: "the page's own",
    description: 'Other web pages that may start calls.',
  }),
  START_RATE_PER_MINUTE: integer({
    min: 1,
    max: 100_000,
    fallback: 20,
    description: 'Starts allowed per address (IPv6: per /56 network) and minute.',
  }),
  TRUSTED_PROXIES: integer({
    min: 0,
    max: 10,
    fallback: 0,
    description: "Proxies in front that may name the caller's address: 1 behind a load balancer.",
  }),
  START_HOPS: integer({
    min: 0,
    max: 18,
    fallback: 0,
    description:
      'Behind a load balancer with several tasks: how often a start that this one cannot take is sent back (307) to find another. Clients follow 20 redirects at most.',
  }),
  CALLS_PER_CALLER_PER_DAY: withDefaultText(
    integer({
      min: 1,
      max: 1_000_000,
      fallback: undefined,
      description: 'Calls that a caller may have in a day (UTC): an address, or a name that a back end gives.',
    }),
    'no limit',
  ),
  CALLS_PER_DAY: withDefaultText(
    integer({
      min: 1,
      max: 100_000_000,
      fallback: undefined,
      description: 'Calls that the whole service takes in a day (UTC).',
    }),
    'no limit',
  ),
  MINUTES_PER_DAY: withDefaultText(
    integer({
      min: 1,
      max: 100_000_000,
      fallback: undefined,
      description:
        'Minutes of calls in a day (UTC) after which the whole service takes no more; calls that are there go on.',
    }),
    'no limit',
  ),
  USAGE_TABLE: withDefaultText(
    text('the name of a DynamoDB table', {
      pattern: /^[A-Za-z0-9_.-]{3,255}$/,
      fallback: undefined,
      description: 'Where all tasks count calls and minutes of the day together, in AWS_REGION.',
    }),
    'each process counts its own',
  ),
  BROWSER_REDIRECT: flag({
    fallback: false,
    description: 'With Daily: whether GET / starts a call and redirects the browser to its room.',
  }),
  ICE_SERVERS: json(
    'a JSON array of RTCIceServer objects with stun: or turn: URLs',
    (value) => iceServers.safeParse(value).data,
    {
      fallback: [],
      defaultText: 'none',
      secret: true,
      description: 'STUN and TURN servers for both sides of the WebRTC transport.',
    },
  ),
  WEBRTC_BIND_ADDRESS: withDefaultText(
    text('an IP address', {
      pattern: IP_ADDRESS,
      fallback: undefined,
      description: 'The one address that WebRTC media uses.',
    }),
    'all',
  ),
  WEBRTC_UDP_PORT: withDefaultText(
    integer({
      min: 1,
      max: 65_535,
      fallback: undefined,
      description: 'The one UDP port that all WebRTC calls share, to be opened in a firewall.',
    }),
    'a free one for each call',
  ),
  METRICS_NAMESPACE: withDefaultText(
    text('a CloudWatch namespace of letters, digits and ._-/#', {
      pattern: /^[A-Za-z0-9._/#-]{1,255}$/,
      fallback: undefined,
      description: 'Where CloudWatch puts the numbers that the log carries in the embedded metric format.',
    }),
    'the log carries none',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: withDefaultText(
    url({
      fallback: undefined,
      description: 'The OpenTelemetry collector that gets traces by OTLP over HTTP, without /v1/traces.',
    }),
    'nothing is traced',
  ),
  OTEL_SERVICE_NAME: text('at most 64 letters, digits, dots, dashes or underscores', {
    pattern: /^[A-Za-z0-9._-]{1,64}$/,
    fallback: 'voice-agent',
    description: 'What the traces call this service.',
  }),
  MODEL_PRICES: json<z.output<typeof prices> | undefined>(
    'a JSON object with inputSpeech, inputText, outputSpeech and outputText in dollars',
    (value) => prices.safeParse(value).data,
    {
      fallback: undefined,
      defaultText: 'those of amazon.nova-2-sonic-v1:0 in us-east-1, for that model',
      description: 'Dollars for a million tokens of each kind, for the estimated cost of calls.',
    },
  ),
  ECS_AGENT_URI: withDefaultText(
    url({ fallback: undefined, description: 'Set by ECS: its agent, which is told to leave a task with calls alone.' }),
    'not on ECS',
  ),
  ECS_CONTAINER_METADATA_URI_V4: withDefaultText(
    url({ fallback: undefined, description: 'Set by ECS: who this task is.' }),
    'not on ECS',
  ),
  DEPLOYMENT_CHECK_SECONDS: integer({
    min: 1,
    max: 300,
    fallback: 30,
    description:
      'On ECS: how often the task asks whether its service has a newer deployment, which then takes the calls.',
  }),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    fallback: 'info',
    description: 'Below info, messages of errors made by libraries are logged, too.',
  }),
  VERSION: withDefaultText(
    text('at most 64 letters, digits, dots, dashes, plus signs or underscores', {
      pattern: /^[A-Za-z0-9._+-]{1,64}$/,
      fallback: BUILD_VERSION,
      description: 'What /health and the logs call this process.',
    }),
    'what the build put in',
  ),
} as const;
