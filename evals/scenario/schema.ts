import { z } from 'zod';
import { argumentsOf, event, expectation, expectedCall, milliseconds, words } from './expectation';

/*
 * The scenario files of Pipecat Evals 1.11 to 1.14 (https://docs.pipecat.ai, "Evals"), strictly: a key that is not known there is
 * a mistake. What only this project has stands under `nova:`, which Pipecat ignores.
 */

const count = z.int().min(0);

const service = z.looseObject({ service: z.string() });
const user = z.strictObject({
  modality: z.enum(['text', 'audio']).default('text'),
  speech: service
    .extend({
      voice: z.string(),
      language: z.string(),
      sample_rate: z.int().min(8_000).max(48_000),
      speed: z.number().min(0.25).max(4),
    })
    .partial()
    .optional(),
});
const judge = z.strictObject({
  modality: z.enum(['text', 'audio']).optional(),
  eval: service.extend({ model: z.string(), endpoint: z.string(), extra: z.unknown() }).partial().optional(),
  transcription: service
    .extend({ model: z.string(), language: z.string(), padding_secs: z.number().min(0) })
    .partial()
    .optional(),
});
const message = z.strictObject({ role: z.enum(['system', 'user', 'assistant', 'developer', 'tool']), content: words });

/** What can go wrong with a stream that is open; the rest of a fault is the stand-in's (docs/sandbox.md). */
const FAULTS = [
  'exception',
  'error-message',
  'bad-crc',
  'rst-stream',
  'goaway',
  'tcp-fin',
  'tcp-rst',
  'tcp-stall',
  'end-stream',
  'silent',
  'stall',
  'deaf',
  'slow',
  'garbage-json',
  'unknown-event',
  'event',
  'stuck-turn',
  'bad-tool-arguments',
] as const;

/** How a tool answers instead of its service. */
const toolMock = z.strictObject({
  result: z.unknown().optional(),
  /** So many bytes of text as a result. */
  result_bytes: z.int().min(1).max(20_000_000).optional(),
  error: words.optional(),
  after_ms: milliseconds.optional(),
  hangs: z.boolean().optional(),
  /** `offline`: where a real model calls it, it runs. */
  mock: z.enum(['offline', 'live']).default('live'),
});

/** What the scripted model does next. */
const modelStep = z.union([
  z.strictObject({ say: words, after_ms: milliseconds.optional() }),
  z.strictObject({ call: z.string(), args: argumentsOf.default({}), after_ms: milliseconds.optional() }),
  /** Called at the same time; the steps go on when all have answered. */
  z.strictObject({
    calls: z
      .array(z.strictObject({ name: z.string(), args: argumentsOf.default({}) }))
      .min(2)
      .max(8),
    after_ms: milliseconds.optional(),
  }),
  z.strictObject({ wait_ms: milliseconds }),
]);

/** Limits of what a caller notices; each is optional. */
const limits = {
  calls_total: z.record(z.string(), count),
  /** A tool's service: how often it was really asked. */
  effects_total: z.record(z.string(), count),
  /** From the model's use of a tool to the result, or the error, that it is given. */
  tool_answered_max_ms: milliseconds,
  silence_max_ms: milliseconds,
  stop_max_ms: milliseconds,
  greeting_max_ms: milliseconds,
  answers_per_turn: count,
  words_repeated: count,
  secrets_leaked: count,
  ended_by: z.enum(['caller', 'bot', 'limit', 'error']),
  /** The call is refused at its start, with this code. */
  refused: z.string(),
  handoffs: z.array(z.string()),
  client_sees: z.array(words),
  client_never_sees: z.array(words),
  model_sees: z.array(words),
  /** Carried over to the stream that follows the first. */
  next_model_sees: z.array(words),
  model_never_sees: z.array(words),
  next_model_never_sees: z.array(words),
  log_has: z.array(words),
  log_never_has: z.array(words),
};
const novaExpectation = z.strictObject(limits).partial();

/** What a caller says, or its pieces with pauses between them, in milliseconds. */
const saidPart = z.union([words.min(1), z.strictObject({ pause_ms: z.int().min(1).max(60_000) })]);
export type SaidPart = z.output<typeof saidPart>;

const turn = z
  .strictObject({
    user: z.union([words, z.array(saidPart).min(1).readonly()]).optional(),
    dtmf: z
      .string()
      .regex(/^[0-9A-D*#]{1,32}$/, 'takes the keys 0-9, A-D, * and #, 32 at most')
      .optional(),
    audio: z.string().optional(),
    image: z.string().optional(),
    send_after: z.strictObject({ event: event.optional(), delay_ms: milliseconds.default(0) }).optional(),
    expect: z.array(expectation).default([]),
    nova: z
      .strictObject({
        model: z.array(modelStep).optional(),
        tools: z.record(z.string(), toolMock).optional(),
        fault: z.looseObject({ kind: z.enum(FAULTS) }).optional(),
        /** Spoken, and no turn by the model's judgement: an "mm-hm". */
        ignored: z.literal(true).optional(),
        /** The caller hangs up as this turn is due. */
        leaves: z.literal(true).optional(),
      })
      .optional(),
  })
  .refine((value) => value.dtmf === undefined || value.user === undefined, 'says user or dtmf, not both')
  .refine((value) => value.audio === undefined || !Array.isArray(value.user), 'a recording has its own pauses')
  .transform(({ user: said, ...rest }): typeof rest & { user?: string; parts?: readonly SaidPart[] } => {
    if (said === undefined) return rest;
    if (typeof said === 'string') return { ...rest, user: said };
    return {
      ...rest,
      user: said.flatMap((part) => (typeof part === 'string' ? part.trim() : [])).join(' '),
      parts: said,
    };
  });

/** What a judge says of each reply of the agent: the share of those that meet it is the score. */
const judgedMetric = z.strictObject({
  name: z.string(),
  criterion: words,
  min_score: z.number().min(0).max(1).optional(),
});
/** What is measured without a judge. */
const measuredMetric = z
  .strictObject({
    name: z.string().optional(),
    measure: z.enum(['turns', 'duration', 'words', 'latency', 'function_calls']),
    min_value: z.number().optional(),
    max_value: z.number().optional(),
    calls: z.array(expectedCall).readonly().optional(),
  })
  .superRefine(({ measure, min_value: min, max_value: max, calls }, context) => {
    const hasRange = min !== undefined || max !== undefined;
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    if (measure === 'function_calls') {
      if (calls === undefined || hasRange) refuse('function_calls takes calls, [] for none, and no range');
    } else if (calls !== undefined)
      refuse(`${measure} takes min_value, max_value, or both; calls are of function_calls`);
    else if (!hasRange) refuse(`${measure} needs min_value or max_value`);
  });
const metrics = z.array(z.union([judgedMetric, measuredMetric])).superRefine((all, context) => {
  const names = all.map((one) => ('criterion' in one ? one.name : (one.name ?? one.measure)));
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) context.addIssue({ code: 'custom', message: `has ${twice} twice` });
});

/** What is wrong with the caller's line, towards the bot. */
const callersLine = z.strictObject({
  /** Steady noise, its level (RMS) in dB of full scale. */
  noise_db: z.number().min(-90).max(-20).optional(),
  packet_loss_percent: z.number().min(0).max(50).optional(),
});

const novaOfScenario = z.strictObject({
  variables: z.record(z.string(), z.string().max(500)).optional(),
  /** Variables of the bot for this scenario, which has a bot of its own for them. */
  bot: z.record(z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/), z.string().max(200)).optional(),
  /** Only where a real model answers, a recording of one does, or a script: elsewhere it is counted as not run. */
  needs: z.enum(['live', 'replay', 'offline']).optional(),
  tools: z.record(z.string(), toolMock).optional(),
  transport: z.enum(['webrtc', 'daily', 'phone']).optional(),
  caller: callersLine.optional(),
  /** Live: runs, and how many of them must pass. */
  runs: z.int().min(1).max(20).optional(),
  pass: z.int().min(1).max(20).optional(),
  expect: novaExpectation.optional(),
});

const shared = {
  user: user.optional(),
  judge: judge.optional(),
  context: z.array(message).optional(),
  stop_on_failure: z.boolean().optional(),
  trigger_disconnect: z.boolean().optional(),
  turns: z.array(turn).min(1).optional(),
  persona: words.optional(),
  goal: words.optional(),
  success: words.optional(),
  simulator: service.extend({ model: z.string() }).partial().optional(),
  metrics: metrics.optional(),
  max_turns: z.int().min(1).optional(),
  max_duration_s: z.number().positive().optional(),
  max_silence_s: z.number().positive().optional(),
  runs: z.int().min(1).max(100).optional(),
  nova: novaOfScenario.optional(),
};

const scenarioName = z.string().regex(/^[A-Za-z0-9][\w-]{0,63}$/, 'takes letters, digits, _ and -, 64 at most');
const scenarioShape = z.strictObject({ name: scenarioName, description: words.optional(), ...shared });
export const fileShape = z.strictObject({
  name: scenarioName.optional(),
  description: words.optional(),
  ...shared,
  scenarios: z
    .array(z.strictObject({ name: scenarioName, description: words.optional(), ...shared }))
    .min(1)
    .optional(),
});

export type Turn = z.output<typeof turn>;
export type { EventName, Expectation, ExpectedCall } from './expectation';
export type ModelStep = z.output<typeof modelStep>;
export type ToolMock = z.output<typeof toolMock>;
export type CallersLine = z.output<typeof callersLine>;
export type JudgedMetric = z.output<typeof judgedMetric>;
export type MeasuredMetric = z.output<typeof measuredMetric>;
export type Limits = z.output<typeof novaExpectation>;
export type ScenarioKeys = z.output<typeof scenarioShape>;
