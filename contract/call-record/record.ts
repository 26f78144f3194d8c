import { z } from 'zod';
import { CONSENT_MODES, CONSENT_OUTCOMES, RECORD_LEVELS } from './levels';

/** A reader of version 1 reads every record whose version is 1: fields may come, and none goes or changes its meaning. */
export const RECORD_VERSION = 1;

const word = z.string().min(1).max(128);
const ms = z.int().min(0);
const count = z.int().min(0);
/** Of the call's own clock, which no change of the day's time moves. */
const atMs = ms.describe('ms since the call began');

const answerTimes = z
  .object({
    answerMs: ms.describe("from the caller's last sound to the first of the answer"),
    endpointingMs: ms.optional().describe('… of that, until the model noticed that the caller had finished'),
    modelMs: ms.optional().describe("… of that, until the model's first audio came in"),
    playoutMs: ms.optional().describe('… of that, until the first of it was on its way to the caller'),
  })
  .describe('left out where the bot spoke unasked');

const turn = z.object({
  by: z.enum(['caller', 'bot']),
  agent: word.optional().describe("the bot's turns: which agent spoke"),
  startMs: atMs,
  endMs: atMs,
  text: z
    .string()
    .optional()
    .describe(
      'from level transcript on: what the caller said, as the model understood it, or what was heard of the bot',
    ),
  via: z
    .enum(['voice', 'text', 'keys', 'notice'])
    .describe(
      "spoken; typed by the caller, or shown to them; keys of a telephone; a sentence of the bot's own recordings",
    ),
  isCut: z
    .boolean()
    .optional()
    .describe('the caller cut it off, or it broke off: what follows the last word was never heard'),
  isSecret: z.boolean().optional().describe('said or pressed while a secret was asked for: its text is not kept'),
  answer: answerTimes.optional(),
});

const tool = z.object({
  name: word.describe("an agent's tool; unknown for a name that the agent has not"),
  agent: word.optional(),
  startMs: atMs,
  durationMs: ms,
  outcome: word,
  arguments: z.unknown().optional().describe('where the agent asks for it, from level transcript on'),
  result: z.unknown().optional().describe('likewise, without what the tool declares private'),
});

const end = z.object({
  reason: word.describe('as in the log line `call ended`'),
  errorCode: word.optional().describe('of docs/errors.md, where a failure ended it'),
});

const quality = z.object({
  setupMs: ms.optional().describe('until media flowed'),
  greetingMs: ms.optional().describe('until the bot was first heard'),
  glitches: count,
  longestGlitchMs: ms.optional(),
  framesDroppedOut: count.describe('of 20 ms, on their way to the caller'),
});

const latency = z.object({
  answerP50Ms: ms.optional(),
  answerP95Ms: ms.optional(),
  bargeInP50Ms: ms.optional().describe("from the caller's first sound over the bot's voice to silence"),
  bargeInP95Ms: ms.optional(),
});

const tokens = z.object({ inputSpeech: count, inputText: count, outputSpeech: count, outputText: count });

const recording = z.object({
  key: z.string().min(1).describe('of the object, below the same prefix; or, before the end, of its parts'),
  parts: count.describe('handed over so far'),
  isWhole: z.boolean().describe('one object; otherwise its parts, joined in order'),
  startMs: atMs.optional().describe('when its first sound was'),
  durationMs: ms.optional(),
  droppedMs: ms
    .optional()
    .describe('sound that found no room in it, as while the process stood still: there it is silent'),
});

/** One call, as far as it is known when it is written: the same object is written anew until it has ended. */
export const callRecordSchema = z.object({
  version: z.literal(RECORD_VERSION),
  callId: word,
  sequence: z.int().min(1).describe('counts how often this record was written'),
  ended: z.boolean().describe('false: the call goes on, or what ran it was killed after this was written'),
  bot: word.describe('its version'),
  agent: word.describe('who answered'),
  language: word.describe('of who answered, as a BCP 47 tag'),
  model: word,
  transport: word,
  caller: word.optional().describe('a pseudonym: the same for all calls of one caller'),
  startedAt: z.iso.datetime(),
  writtenAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  durationMs: ms,
  end: end.optional(),
  level: z.enum(RECORD_LEVELS).describe('in force when it was written'),
  askedLevel: z.enum(RECORD_LEVELS).describe('what the agent asks for'),
  consent: z.object({
    mode: z.enum(CONSENT_MODES),
    outcome: z.enum(CONSENT_OUTCOMES),
    atMs: atMs.optional().describe('of the last change'),
  }),
  turns: z.array(turn),
  tools: z.array(tool),
  handoffs: z.array(z.object({ atMs, from: word, to: word, gapMs: ms })),
  transfers: z.array(z.object({ atMs, to: word, outcome: word })),
  rotations: z.array(z.object({ atMs, gapMs: ms })).describe('planned changes of the stream to the model'),
  reconnects: z.array(z.object({ atMs, gapMs: ms })).describe('unplanned ones'),
  waits: z
    .array(z.object({ startMs: atMs, durationMs: ms, for: z.enum(['tool', 'model']) }))
    .describe('when the caller heard nobody, and it was not their turn'),
  quality,
  latency,
  tokens,
  costUsd: z.number().min(0).optional().describe('an estimate, where prices are known'),
  dropped: z
    .object({ turns: count, events: count, recordingParts: count })
    .describe('what this record would have more of, and found no room'),
  recording: recording.optional(),
});

export type CallRecord = Readonly<z.infer<typeof callRecordSchema>>;
export type RecordedTurn = Readonly<z.infer<typeof turn>>;
export type RecordedTool = Readonly<z.infer<typeof tool>>;

/** As docs/call-record.schema.json has it. */
export const callRecordJsonSchema = (): object => z.toJSONSchema(callRecordSchema, { io: 'input' });

/** Reads a record. @throws Error that names the field and the rule, and quotes nothing */
export function parseCallRecord(text: string): CallRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('a call record must be JSON');
  }
  const { data, error } = callRecordSchema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new Error(`a call record: ${issue?.path.join('.') ?? ''} ${issue?.code ?? 'is not right'}`);
}

/** The record without anything that anybody said or typed, or that a tool was told or answered. */
export const withoutContent = (record: CallRecord): CallRecord => ({
  ...record,
  turns: record.turns.map(({ text: _text, ...rest }) => rest),
  tools: record.tools.map(({ arguments: _arguments, result: _result, ...rest }) => rest),
});
