import { z } from 'zod';
import { WAITING_CHOICES } from '../contract/waiting';
import { cidr, distinct, matching } from './setting-values';
import { fills } from './settings-variables';

/* What the bot itself is set to; a part of stacks/settings.ts. */

/** How it answers, and how many calls a task takes. */
export const bot = z.strictObject({
  callsPerTask: fills(
    'MAX_CALLS',
    z.int().min(1).max(1_000).optional(),
    'a full task refuses more. Default: 6 for each vCPU of `task.cpu` through Daily, 25 over WebRTC, and 25 at the most (docs/performance.md).',
  ),
  scaleAtPercent: z.int().min(10).max(90).default(60).describe('Add tasks when they are this full on average.'),
  maxCallMinutes: fills('MAX_CALL_MINUTES', z.int().min(1).max(1_440).default(30), 'the longest call.'),
  userAbsentSeconds: fills(
    'USER_ABSENT_SECONDS',
    z.int().min(10).max(3_600).default(120),
    'how long nobody may speak before the bot hangs up.',
  ),
  voice: fills(
    'NOVA_SONIC_VOICE',
    matching(/^[a-z]{2,32}$/, 'must be a voice in lower-case letters').default('matthew'),
    'how the bot sounds.',
  ),
  systemPrompt: fills('SYSTEM_PROMPT', z.string().min(1).max(8_192).optional(), 'who the bot is. Default: its own.'),
  waitingSound: fills('WAITING_SOUND', z.enum(WAITING_CHOICES).optional(), 'what who waits for a tool hears.'),
  ducking: fills('DUCKING', z.boolean().optional(), "whether the caller's voice lowers the bot's at once."),
  allowedOrigins: fills(
    'ALLOWED_ORIGINS',
    distinct(matching(/^https?:\/\/[^/\s]+$/, 'must be an origin such as "https://example.com"')).default([]),
    'web pages of other hosts that may start calls.',
  ),
  toolNetworks: fills(
    'TOOL_PRIVATE_NETWORKS',
    distinct(cidr()).default([]),
    'private ranges that tools may connect to; without one they reach public addresses only.',
  ),
  browserRedirect: fills(
    'BROWSER_REDIRECT',
    z.boolean().optional(),
    "whether `/` leads straight into the call's room at Daily, in Daily's own page, instead of to ours. Default: to ours.",
  ),
  tracesEndpoint: fills(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    matching(
      /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/,
      'must be a URL such as "https://collector.example.com:4318"',
    ).optional(),
    'the collector that gets traces. Without it nothing is traced.',
  ),
  logLevel: fills(
    'LOG_LEVEL',
    z
      .enum(['debug', 'info'], 'must be "info" or "debug": metrics, alarms and autoscaling are made of the log')
      .default('info'),
    'not above `info`, because metrics, alarms and autoscaling are made of the log.',
  ),
  variables: z
    .record(z.string(), z.string('must be text, as in an environment'))
    .default({})
    .describe(
      'Any other variable of the bot, by its name: `{ "NOVA_SONIC_ENDPOINTING": "LOW" }`. docs/configuration.md says which, and their rules.',
    ),
});

/** What calls may use and cost. */
export const limits = z.strictObject({
  callsPerCallerPerDay: fills(
    'CALLS_PER_CALLER_PER_DAY',
    z.int().min(1).optional(),
    'what one caller may have. Default: no limit.',
  ),
  callsPerDay: fills('CALLS_PER_DAY', z.int().min(1).optional(), 'what all tasks together take. Default: no limit.'),
  minutesPerDay: fills(
    'MINUTES_PER_DAY',
    z.int().min(1).optional(),
    'of all tasks together, after which no call is taken; those that are there go on. Default: no limit.',
  ),
  tokensPerDay: fills(
    'TOKENS_PER_DAY',
    z.int().min(1_000).max(999_999_999).optional(),
    'of all tasks together, after which calls end with a goodbye, too. Default: no limit.',
  ),
  dollarsPerDay: fills(
    'DOLLARS_PER_DAY',
    z.number().min(0.01).max(1_000_000).multipleOf(0.01).optional(),
    "what the tokens of a day's calls may cost, of all tasks together, with the same end. Default: no limit.",
  ),
  tokensPerCall: fills(
    'TOKENS_PER_CALL',
    z.int().min(1_000).max(999_999_999).optional(),
    'what a call may use before it ends with a goodbye. Default: no limit.',
  ),
  dollarsPerCall: fills(
    'DOLLARS_PER_CALL',
    z.number().min(0.01).max(100_000).multipleOf(0.01).optional(),
    "what a call's tokens may cost, with the same end. Default: no limit.",
  ),
  typedCharactersPerMinute: fills(
    'TYPED_CHARACTERS_PER_MINUTE',
    z.int().min(100).max(1_000_000).default(8_000),
    'what a caller may type in a minute, or at once.',
  ),
  typedCharactersPerCall: fills(
    'TYPED_CHARACTERS_PER_CALL',
    z.int().min(100).max(100_000_000).default(60_000),
    'what a caller may type in a call.',
  ),
  unansweredStartsPerCaller: fills(
    'UNANSWERED_STARTS_PER_CALLER',
    z.int().min(1).max(1_000).optional(),
    'calls that a caller may have started without being there. Default: 3, or half of a task where that is less.',
  ),
});
