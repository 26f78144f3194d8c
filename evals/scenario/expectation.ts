import { z } from 'zod';

export const words = z.string().max(4_000);
export const milliseconds = z.number().min(0).max(3_600_000);
export const argumentsOf = z.record(z.string(), z.unknown());

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
  'image',
  'bot_backchannel',
  'user_backchannel',
] as const;
export type EventName = (typeof EVENTS)[number];
/** Those that no bot of this project sends. */
export const NEVER_SENT: ReadonlySet<EventName> = new Set([
  'llm_marker',
  'image',
  'bot_backchannel',
  'user_backchannel',
]);
export const event = z.enum(EVENTS);

/** A call of a tool: its name, and what its arguments must have among them. */
export const expectedCall = z.union([
  z.string(),
  z.strictObject({ name: z.string().optional(), args: argumentsOf.optional() }),
]);
const oneOrMore = z.union([words, z.array(words).min(1).readonly()]);

/** What may not stand beside `absent`. */
const OF_WHAT_COMES = [
  'text_contains',
  'text_excludes',
  'eval',
  'calls',
  'name',
  'args',
  'check_from',
  'marker',
  'marker_first',
  'markers',
  'text_after',
] as const;

export const expectation = z
  .strictObject({
    event,
    within_ms: milliseconds.default(60_000),
    text_contains: oneOrMore.optional(),
    text_excludes: oneOrMore.optional(),
    eval: words.optional(),
    absent: z.boolean().optional(),
    calls: z.array(expectedCall).min(1).readonly().optional(),
    name: z.string().optional(),
    args: argumentsOf.optional(),
    /** `turn_start`: what came before the expectation above it was met counts, too. */
    check_from: z.enum(['previous', 'turn_start']).optional(),
    marker: z.enum(['complete', 'short', 'long', 'incomplete']).optional(),
    marker_first: z.boolean().optional(),
    markers: z.int().min(0).optional(),
    text_after: z.boolean().optional(),
    nova: z.strictObject({ from: z.enum(['send', 'speech_end']).default('send') }).optional(),
  })
  .superRefine((expected, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    if (expected.absent === true && OF_WHAT_COMES.some((key) => expected[key] !== undefined))
      refuse('absent takes only event and within_ms');
    if (expected.calls !== undefined && (expected.name !== undefined || expected.args !== undefined))
      refuse('says calls and name or args: choose one of the two');
    if (expected.event === 'function_call_stopped' && expected.eval !== undefined)
      refuse('a stopped call has no arguments to judge: put eval on the function_call');
    const marker = (['marker', 'marker_first', 'markers', 'text_after'] as const).find(
      (key) => expected[key] !== undefined,
    );
    if (marker !== undefined && expected.event !== 'llm_marker')
      refuse(`${marker} is for llm_marker, not ${expected.event}`);
  });

export type Expectation = z.output<typeof expectation>;
export type ExpectedCall = z.output<typeof expectedCall>;
