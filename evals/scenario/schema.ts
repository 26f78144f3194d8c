import { z } from 'zod';

/*
 * The scenario files of Pipecat Evals 1.11 (https://docs.pipecat.ai, "Evals"), strictly: a key that is not known there is
 * a mistake. What only this project has stands under `nova:`, which Pipecat ignores.
 */

const words = z.string().max(4_000);
const milliseconds = z.number().min(0).max(3_600_000);
const count = z.int().min(0);
const argumentsOf = z.record(z.string(), z.unknown());

/** Events of a call as RTVI tells them, by Pipecat's names. */
export const EVENTS = [
  'user_started_speaking',
  'user_stopped_speaking',
  'vad_user_started_speaking',
  'vad_user_stopped_speaking',
  'user_transcription',
  'llm_started',
  'llm_response',
  'tts_response',
  'response',
  'bot_started_speaking',
  'bot_stopped_speaking',
  'bot_interrupted',
  'function_call',
  'function_call_stopped',
  'llm_marker',
] as const;
export type EventName = (typeof EVENTS)[number];
const event = z.enum(EVENTS);

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

const expectedCall = z.union([z.string(), z.strictObject({ name: z.string(), args: argumentsOf.optional() })]);
const oneOrMore = z.union([words, z.array(words).min(1).readonly()]);

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

const expectation = z.preprocess(
  // Pipecat names its markers' keys `marker…`; none of them has a meaning here, where no bot sends one.
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !/^marker(_\w+)?$/.test(key)))
      : value,
  z
    .strictObject({
      event,
      within_ms: milliseconds.default(60_000),
      text_contains: oneOrMore.optional(),
      text_excludes: oneOrMore.optional(),
      eval: words.optional(),
      absent: z.literal(true).optional(),
      calls: z.array(expectedCall).min(1).readonly().optional(),
      name: z.string().optional(),
      args: argumentsOf.optional(),
      nova: z.strictObject({ from: z.enum(['send', 'speech_end']).default('send') }).optional(),
    })
    .superRefine((expected, context) => {
      const text = ['text_contains', 'text_excludes', 'eval', 'calls', 'name', 'args'] as const;
      if (expected.absent === true && text.some((key) => expected[key] !== undefined)) {
        context.addIssue({ code: 'custom', message: 'absent takes only event and within_ms' });
      }
      if (expected.calls !== undefined && (expected.name !== undefined || expected.args !== undefined)) {
        context.addIssue({ code: 'custom', message: 'says calls and name or args: choose one of the two' });
      }
    }),
);

const turn = z
  .strictObject({
    user: words.optional(),
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
        fault: z.looseObject({ kind: z.string() }).optional(),
        /** Spoken, and no turn by the model's judgement: an "mm-hm". */
        ignored: z.literal(true).optional(),
        /** The caller hangs up as this turn is due. */
        leaves: z.literal(true).optional(),
      })
      .optional(),
  })
  .refine((value) => value.dtmf === undefined || value.user === undefined, 'says user or dtmf, not both');

const metric = z.union([
  z.strictObject({ name: z.string(), criterion: words, min_score: z.number().optional() }),
  z.strictObject({
    name: z.string().optional(),
    measure: z.enum(['turns', 'duration', 'words', 'latency', 'function_calls']),
    min_value: z.number().optional(),
    max_value: z.number().optional(),
    calls: z.array(expectedCall).optional(),
  }),
]);

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
  metrics: z.array(metric).optional(),
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
  scenarios: z.array(z.strictObject({ name: scenarioName, description: words.optional(), ...shared })).optional(),
});

export type Turn = z.output<typeof turn>;
export type Expectation = z.output<typeof expectation>;
export type ExpectedCall = z.output<typeof expectedCall>;
export type ModelStep = z.output<typeof modelStep>;
export type ToolMock = z.output<typeof toolMock>;
export type CallersLine = z.output<typeof callersLine>;
export type Limits = z.output<typeof novaExpectation>;
export type ScenarioKeys = z.output<typeof scenarioShape>;
