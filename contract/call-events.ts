import { z } from 'zod';
import { callRecordSchema } from './call-record';

/*
 * What the outside hears of calls as they happen: the bot says it, the stacks deliver it, whoever listens checks it.
 */

/** A reader of version 1 reads every event whose version is 1: fields may come, and none goes or changes its meaning. */
export const CALL_EVENT_VERSION = 1;

/** Who says events on a bus of EventBridge. */
export const CALL_EVENT_SOURCE = 'voice-agent';

/**
 * The header of a webhook's request that says when it was signed and how:
 * `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY`; while keys change there are two `v1`.
 */
export const EVENT_SIGNATURE_HEADER = 'voice-agent-signature';

/**
 * Longest event, in bytes of its JSON: EventBridge takes 262,144 with all that is around it, and SQS as many
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html).
 */
export const MAX_EVENT_BYTES = 240_000;

const word = z.string().min(1).max(128);
const common = {
  version: z.literal(CALL_EVENT_VERSION),
  id: z.uuid().describe('the same whenever this event comes again'),
  at: z.iso.datetime(),
  callId: word,
  transport: word,
};

/** An event of a call; docs/call-events.md tells of each. */
export const callEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('call.started'), agent: word.optional().describe('who answered') }),
  z.strictObject({ ...common, type: z.literal('call.handed-over'), from: word, to: word }),
  z.strictObject({ ...common, type: z.literal('call.failed'), reason: word }),
  z.strictObject({
    ...common,
    type: z.literal('call.ended'),
    reason: word.describe('as in the log line `call ended`'),
    durationMs: z.int().min(0),
    record: callRecordSchema.optional().describe('where one is kept, at its level'),
    recordKey: z
      .string()
      .optional()
      .describe('instead of the record where that is too long: of the object, below the prefix of CALL_RECORDS'),
  }),
]);

export type CallEvent = Readonly<z.infer<typeof callEventSchema>>;
