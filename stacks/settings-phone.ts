import { z } from 'zod';
import { AGENT_NAME, AGENT_NAME_RULE } from '../contract/agent-name';
import { PHONE_PROVIDERS } from '../contract/phone-variables';
import { distinct, matching, PHONE_NUMBER_RULE, phoneNumber } from './setting-values';
import { fills } from './settings-variables';

/* Calls by telephone; a part of stacks/settings.ts. */

const twilio = z.strictObject({
  region: fills(
    'TWILIO_REGION',
    z.enum(['us1', 'ie1', 'au1'], 'must be a region of Twilio that has Media Streams: us1, ie1 or au1'),
    'where the numbers and the API key are. They belong to a region each.',
  ),
  edge: fills(
    'TWILIO_EDGE',
    matching(/^[a-z]{2,20}(-[a-z]{2,10})?$/, 'must be an edge of Twilio such as "dublin"'),
    "where the bot enters Twilio's network.",
  ),
});

/** Calls that the bot makes itself, whoever carries them. */
const calls = {
  prefixes: fills(
    'PHONE_CALLS_PREFIXES',
    distinct(matching(/^\+[1-9]\d{0,9}$/, 'must be the beginning of numbers such as "+46" or "+1415"')).min(
      1,
      'must name at least one: nobody else is called',
    ),
    'whom it may call. Emergency, premium-rate and satellite numbers are refused all the same.',
  ),
  minutesPerDay: fills('PHONE_CALLS_MINUTES_PER_DAY', z.int().min(1).max(100_000_000).default(60), 'of all tasks.'),
  dollarsPerDay: fills(
    'PHONE_CALLS_USD_PER_DAY',
    z.number().min(0.01).max(1_000_000).multipleOf(0.01).optional(),
    "the model's tokens and the line. Default: no limit but that of minutes.",
  ),
  dollarsPerMinute: fills(
    'PHONE_CALLS_USD_PER_MINUTE',
    z.number().min(0.0001).max(100).multipleOf(0.0001).optional(),
    'what a minute of the line costs at most, from your price page. Default: the line is not counted.',
  ),
  callsPerNumberPerDay: fills(
    'PHONE_CALLS_PER_NUMBER_PER_DAY',
    z.int().min(1).max(1_000).default(3),
    'how often it may call a number.',
  ),
  callsAtOnce: fills(
    'PHONE_CALLS_AT_ONCE',
    z.int().min(1).max(1_000).default(2),
    'that a task may be making, from dialling to the end.',
  ),
  ringSeconds: fills('PHONE_CALLS_RING_SECONDS', z.int().min(5).max(600).default(30), 'how long it lets it ring.'),
  onMachine: fills(
    'PHONE_CALLS_ON_MACHINE',
    z.enum(['hang-up', 'message']).default('hang-up'),
    'what it does when a machine answers: hang up, or leave a message after the tone.',
  ),
};

const outbound = z.strictObject({
  from: fills(
    'PHONE_CALLS_FROM',
    distinct(phoneNumber()).min(1, 'must name at least one number'),
    'numbers of yours that it may call from; the first unless a request says otherwise.',
  ),
  ...calls,
});

/** Numbers that ring here, and how often. */
const callers = {
  numbers: fills(
    'PHONE_NUMBERS',
    z
      .record(phoneNumber(), matching(AGENT_NAME, `must be the name of a folder in agents/: ${AGENT_NAME_RULE}`), {
        error: ({ code }) => (code === 'invalid_key' ? PHONE_NUMBER_RULE : undefined),
      })
      .refine((numbers) => Object.keys(numbers).length > 0, { error: 'must name at least one number' }),
    'your numbers, each with the agent that answers it.',
  ),
  liveCallsPerNumber: fills(
    'PHONE_LIVE_CALLS_PER_NUMBER',
    z.int().min(1).max(1_000).optional(),
    'calls that one number may have with a task at a time. Default: 2.',
  ),
  liveCallsWithheld: fills(
    'PHONE_LIVE_CALLS_WITHHELD',
    z.int().min(0).max(1_000).optional(),
    'the same for all callers together who withhold their number. Default: 5.',
  ),
  withheldCallsPerDay: fills(
    'PHONE_WITHHELD_CALLS_PER_DAY',
    z.int().min(1).max(1_000_000).optional(),
    'calls in a day of all who withhold their number. Default: no limit.',
  ),
};

/** A telephone at Twilio. */
export const phone = z.strictObject({
  provider: fills('PHONE_PROVIDER', z.enum(PHONE_PROVIDERS).default('twilio'), 'who carries the calls.'),
  ...callers,
  fallbackUrl: matching(/^https:\/\/[^\s#]{1,500}$/, 'must be an https URL without "#"')
    .optional()
    .describe(
      "What Twilio asks when the bot gives no answer, such as a TwiML Bin of yours that apologises. Default: the bot's webhook once more, on whichever task.",
    ),
  twilio: twilio.optional().describe("A region of Twilio's other than us1, with the edge to reach it by."),
  outbound: outbound.optional().describe('Calls that the bot makes. Without it, it makes none.'),
});

/** A telephone at Daily. */
export const dailyPhone = z.strictObject({
  ...callers,
  outbound: z
    .strictObject({
      callerIds: fills(
        'DAILY_CALLER_IDS',
        z
          .record(phoneNumber(), matching(/^[\w-]{1,64}$/, 'must be the id of a number at Daily'), {
            error: ({ code }) => (code === 'invalid_key' ? PHONE_NUMBER_RULE : undefined),
          })
          .refine((numbers) => Object.keys(numbers).length > 0, { error: 'must name at least one number' }),
        'numbers of the domain that it may call from, each with its id at Daily; the first unless a request says otherwise.',
      ),
      ...calls,
    })
    .optional()
    .describe('Calls that the bot makes. Without it, it makes none.'),
});
