import { AGENT_NAME } from './agent-name';
import { dollars, integer, list, oneOf, seconds, secretKey, text } from './variable-readers';

/* Calls by telephone; a part of contract/variables.ts. */

/** ITU-T E.164: a plus sign, a country code that never begins with 0, 15 digits at most. */
export const E164 = /^\+[1-9]\d{6,14}$/;
/** The bot's number that has no row of its own. */
const ANY_NUMBER = '*';
/** Who carries the calls. */
export const PHONE_PROVIDERS = ['twilio'] as const;

const TOKEN_PATTERN = /^[\x21-\x7e]{16,128}$/;
const TOKEN_RULE = '16 to 128 visible ASCII characters without a space';
const STREAM_KEY_RULE = '32 bytes in base64 or base64url';
/** 43 characters, with or without the padding. */
const STREAM_KEY_PATTERN = /^[A-Za-z0-9+/_-]{43}=?$/;
const NUMBERS_RULE = 'a list of E.164 numbers such as +14155550100, separated by commas';
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

const number = (raw: string): string | undefined => (E164.test(raw) ? raw : undefined);
const prefix = (raw: string): string | undefined => (/^\+[1-9]\d{0,9}$/.test(raw) ? raw : undefined);

/** Which agent answers a number of the bot's. */
function answering(raw: string): { readonly number: string; readonly agent: string } | undefined {
  const [called = '', agent = '', ...rest] = raw.split('=');
  const isNumber = called === ANY_NUMBER || E164.test(called);
  return isNumber && AGENT_NAME.test(agent) && rest.length === 0 ? { number: called, agent } : undefined;
}

const isOrigin = (raw: string, schemes: readonly string[]): boolean => {
  const url = URL.canParse(raw) ? new URL(raw) : undefined;
  if (url === undefined || url.origin !== raw.replace(/\/$/, '')) return false;
  return schemes.includes(url.protocol) || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
};

/** What a server shows to have the bot call somebody. */
export const PHONE_CALLS_KEY = 'PHONE_CALLS_KEY' as const;

/** Inbound and outbound calls over a carrier of telephone calls. */
export const PHONE_VARIABLES = {
  provider: oneOf('PHONE_PROVIDER', PHONE_PROVIDERS, {
    defaultText: 'the bot has no telephone',
    description: 'Who carries telephone calls. They come beside those of TRANSPORT and share their places.',
  }),
  publicUrl: text('PUBLIC_URL', 'an https origin such as https://voice.example.com, or http of loopback', {
    pattern: { test: (raw) => isOrigin(raw, ['https:']) },
    description:
      'Where the carrier reaches this bot. Every address it is told and every signature is made of this, never of what a request says. With Daily it is where a full task finds others.',
  }),
  streamKey: text('PHONE_STREAM_KEY', STREAM_KEY_RULE, {
    pattern: STREAM_KEY_PATTERN,
    secret: true,
    description: "Signs the addresses of calls' audio; the same for all tasks.",
  }),
  otherStreamKey: text('PHONE_STREAM_KEY_OTHER', STREAM_KEY_RULE, {
    pattern: STREAM_KEY_PATTERN,
    secret: true,
    description: 'The key before or after, which is accepted, too, while keys change.',
  }),
  numbers: list('PHONE_NUMBERS', 'a list such as +14155550100=clinic,*=assistant, separated by commas', answering, {
    defaultText: 'AGENT answers all',
    description: 'Which agent answers which number of the bot; * is for all others.',
  }),
  liveCallsPerNumber: integer('PHONE_LIVE_CALLS_PER_NUMBER', {
    min: 1,
    max: 1000,
    fallback: 2,
    description: 'Calls that one number may have with a process at a time; one more hears the busy tone.',
  }),
  liveCallsWithheld: integer('PHONE_LIVE_CALLS_WITHHELD', {
    min: 0,
    max: 1000,
    fallback: 5,
    description: 'The same for all callers together who withhold their number.',
  }),
  withheldCallsPerDay: integer('PHONE_WITHHELD_CALLS_PER_DAY', {
    min: 1,
    max: 1_000_000,
    defaultText: 'no limit',
    description: 'Calls in a day (UTC) from all callers together who withhold their number.',
  }),
  twilio: {
    accountSid: text('TWILIO_ACCOUNT_SID', 'AC and 32 hexadecimal digits', {
      pattern: /^AC[0-9a-f]{32}$/,
      description: "Twilio's name of the account.",
    }),
    authToken: text('TWILIO_AUTH_TOKEN', TOKEN_RULE, {
      pattern: TOKEN_PATTERN,
      secret: true,
      description: 'What Twilio signs its requests with. Without it the bot has no telephone.',
    }),
    otherAuthToken: text('TWILIO_AUTH_TOKEN_OTHER', TOKEN_RULE, {
      pattern: TOKEN_PATTERN,
      secret: true,
      description: 'The token before or after, which is accepted, too, while tokens change.',
    }),
    apiKeySid: text('TWILIO_API_KEY_SID', 'SK and 32 hexadecimal digits', {
      pattern: /^SK[0-9a-f]{32}$/,
      secret: true,
      description: "The key by which the bot uses Twilio's REST API; TWILIO_AUTH_TOKEN is used without one.",
    }),
    apiKeySecret: text('TWILIO_API_KEY_SECRET', TOKEN_RULE, {
      pattern: TOKEN_PATTERN,
      secret: true,
      description: 'Goes with TWILIO_API_KEY_SID.',
    }),
    region: oneOf('TWILIO_REGION', ['us1', 'ie1', 'au1'], {
      defaultText: 'us1',
      description: "Twilio's region that the numbers are in, which keys belong to. Goes with TWILIO_EDGE.",
    }),
    edge: text('TWILIO_EDGE', "the name of one of Twilio's edges, such as dublin", {
      pattern: /^[a-z]{2,20}(-[a-z]{2,10})?$/,
      defaultText: 'the nearest',
      description: "Where the bot enters Twilio's network. Goes with TWILIO_REGION.",
    }),
    apiUrl: text('TWILIO_API_URL', 'the http origin of a loopback address', {
      pattern: { test: (raw) => isOrigin(raw, []) },
      defaultText: "Twilio's REST API",
      description: "For development: a stand-in for Twilio's REST API. Refused where the bot runs on ECS.",
    }),
  },
  outbound: {
    key: secretKey(PHONE_CALLS_KEY, {
      defaultText: 'the bot calls nobody',
      description: 'What a server of yours shows to have the bot call somebody. It must be a key of its own.',
    }),
    prefixes: list('PHONE_CALLS_PREFIXES', 'a list of prefixes such as +46,+1415, separated by commas', prefix, {
      defaultText: 'none',
      description:
        'Numbers that the bot may call begin like this. Emergency, premium-rate and satellite numbers are refused all the same.',
    }),
    from: list('PHONE_CALLS_FROM', NUMBERS_RULE, number, {
      defaultText: 'none',
      description: 'Numbers of yours that the bot may call from; the first one unless a request says otherwise.',
    }),
    minutesPerDay: integer('PHONE_CALLS_MINUTES_PER_DAY', {
      min: 1,
      max: 100_000_000,
      fallback: 60,
      description: 'Minutes of calls that the bot makes in a day (UTC).',
    }),
    dollarsPerDay: dollars('PHONE_CALLS_USD_PER_DAY', {
      min: 0.01,
      max: 1_000_000,
      defaultText: 'no limit',
      description: "What calls that the bot makes may cost in a day (UTC): the model's tokens, and the line.",
    }),
    dollarsPerMinute: dollars('PHONE_CALLS_USD_PER_MINUTE', {
      min: 0.0001,
      max: 100,
      defaultText: 'not counted',
      description: 'What a minute of the line costs at most, to the dearest of PHONE_CALLS_PREFIXES.',
    }),
    perNumberPerDay: integer('PHONE_CALLS_PER_NUMBER_PER_DAY', {
      min: 1,
      max: 1000,
      fallback: 3,
      description: 'How often the bot may call a number in a day (UTC).',
    }),
    atOnce: integer('PHONE_CALLS_AT_ONCE', {
      min: 1,
      max: 1000,
      fallback: 2,
      description: 'Calls that a process may be making at a time, from dialling to the end.',
    }),
    ringMs: seconds('PHONE_CALLS_RING_SECONDS', {
      min: 5,
      max: 600,
      fallback: 30,
      description: 'How long the bot lets it ring.',
    }),
    onMachine: oneOf('PHONE_CALLS_ON_MACHINE', ['hang-up', 'message'], {
      fallback: 'hang-up',
      description: 'What the bot does when a machine answers: hang up, or leave a message after the tone.',
    }),
  },
};
