import { dollars, integer, text } from './variable-readers';

/* What calls may use and cost; a part of contract/variables.ts. Days are of UTC. */

/** What one call may use. */
export const CALL_LIMIT_VARIABLES = {
  ceilings: {
    maxTokens: integer('TOKENS_PER_CALL', {
      min: 1000,
      max: 999_999_999,
      defaultText: 'no limit',
      description:
        "The model's tokens, of all kinds together, that a call may use. Then it ends with a goodbye, which costs none.",
    }),
    maxDollars: dollars('DOLLARS_PER_CALL', {
      min: 0.01,
      max: 100_000,
      defaultText: 'no limit',
      description: "What a call's tokens may cost, at the prices the bot knows (MODEL_PRICES). Then it ends likewise.",
    }),
  },
  typedText: {
    perMinute: integer('TYPED_CHARACTERS_PER_MINUTE', {
      min: 100,
      max: 1_000_000,
      fallback: 8000,
      description:
        'Characters that a caller may type in a minute, or at once; a text counts as 100 at least. More is refused in words.',
    }),
    perCall: integer('TYPED_CHARACTERS_PER_CALL', {
      min: 100,
      max: 100_000_000,
      fallback: 60_000,
      description: 'Characters that a caller may type in a call, counted likewise.',
    }),
  },
};

/** What all calls of a day may use. */
export const DAY_LIMIT_VARIABLES = {
  callsPerCaller: integer('CALLS_PER_CALLER_PER_DAY', {
    min: 1,
    max: 1_000_000,
    defaultText: 'no limit',
    description: 'Calls that a caller may have in a day (UTC): an address, or a name that a back end gives.',
  }),
  calls: integer('CALLS_PER_DAY', {
    min: 1,
    max: 100_000_000,
    defaultText: 'no limit',
    description: 'Calls that the whole service takes in a day (UTC), from the moment that caller and model are there.',
  }),
  minutes: integer('MINUTES_PER_DAY', {
    min: 1,
    max: 100_000_000,
    defaultText: 'no limit',
    description:
      'Minutes of calls in a day (UTC) after which the whole service takes no more; calls that are there go on.',
  }),
  tokens: integer('TOKENS_PER_DAY', {
    min: 1000,
    max: 999_999_999,
    defaultText: 'no limit',
    description:
      "The model's tokens, of all kinds together, in a day (UTC). Then no call is taken, and those that are there end with a goodbye.",
  }),
  dollars: dollars('DOLLARS_PER_DAY', {
    min: 0.01,
    max: 1_000_000,
    defaultText: 'no limit',
    description: "What the tokens of a day's calls may cost, at the prices the bot knows; with the same end.",
  }),
  table: text('USAGE_TABLE', 'the name of a DynamoDB table', {
    pattern: /^[A-Za-z0-9_.-]{3,255}$/,
    defaultText: 'each process counts its own',
    description: 'Where all tasks count what a day has used together, in AWS_REGION.',
  }),
};
