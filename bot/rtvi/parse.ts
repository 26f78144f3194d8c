import { z } from 'zod';
import { withinBounds } from './bounds';
import { RTVI_LABEL } from './messages';

/** What a client may ask for, or why its message was refused. */
export type ClientMessage =
  | {
      readonly kind: 'client-ready';
      readonly id: string;
      readonly version: string | undefined;
      readonly library: string | undefined;
    }
  | { readonly kind: 'client-message'; readonly id: string; readonly t: string; readonly d: unknown }
  | { readonly kind: 'reports-asked'; readonly id: string; readonly reports: Reports }
  | {
      readonly kind: 'send-text';
      readonly id: string | undefined;
      readonly text: string;
      readonly runImmediately: boolean;
      readonly audioResponse: boolean;
    }
  /** Keys of a telephone, in order. */
  | { readonly kind: 'dtmf'; readonly id: string | undefined; readonly keys: string }
  | { readonly kind: 'disconnect-bot'; readonly id: string | undefined }
  | { readonly kind: 'unsupported'; readonly id: string | undefined; readonly type: string }
  | { readonly kind: 'invalid'; readonly id: string | undefined; readonly type: string; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** What Pipecat sends only where the bot was built to; here, a client asks for it. */
export interface Reports {
  /** `user-audio-level` and `bot-audio-level`, after each 150 ms of sound. */
  readonly audioLevels: boolean;
  /** `vad-user-started-speaking` and `vad-user-stopped-speaking`. */
  readonly vad: boolean;
}

/** The `t` of the `client-message` that asks for them. */
export const REPORTS_MESSAGE = 'report';

/** More than anybody keys in before they stop. */
const MAX_KEYS = 64;

/** The longest typed text: about what a model takes in one message. */
export const MAX_TEXT_LENGTH = 4_000;

const id = z.string().min(1).max(200);
const envelope = z.object({
  label: z.literal(RTVI_LABEL),
  type: z.string().min(1).max(100),
  id: id.nullish(),
  data: z.unknown().optional(),
});

const about = z.object({ library: z.string().max(200) }).nullish();
/* A missing or foreign version is answered with a warning by the session, so any value is let through here. */
const clientReady = z.object({ version: z.string().max(50).nullish().catch(undefined), about: about.catch(undefined) });
const reports = z.object({ audioLevels: z.boolean().default(false), vad: z.boolean().default(false) });
const clientMessage = z.object({ t: z.string().min(1).max(200), d: z.unknown().optional() });
/** Nothing that anybody could see: spaces, control characters, and what Unicode has no glyph for, such as a zero-width space. */
const BLANK = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;
const sendText = z.object({
  content: z
    .string()
    .max(MAX_TEXT_LENGTH)
    .refine((text) => !BLANK.test(text), 'must not be blank'),
  options: z.object({ run_immediately: z.boolean().nullish(), audio_response: z.boolean().nullish() }).nullish(),
});
const key = z.enum(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#']);
/* Since protocol 2.1 several keys at once, before that one. */
const dtmf = z.union([
  z.object({ buttons: z.array(key).min(1).max(MAX_KEYS) }),
  z.object({ button: key }).transform(({ button }) => ({ buttons: [button] })),
]);
const textParts = z.array(z.object({ type: z.literal('text'), text: z.string() })).max(20);
const appendToContext = z.object({
  role: z.literal('user', 'what others said cannot be added in the middle of a call'),
  content: z
    .union([z.string(), textParts.transform((parts) => parts.map(({ text }) => text).join(' '))])
    .pipe(sendText.shape.content),
  run_immediately: z.boolean().nullish(),
});

/** Zod's first complaint in one bounded line: the field's path and the rule, never the value. */
function reasonOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'not as documented';
  const path = issue.path.map(String).join('.').slice(0, 80);
  return `${path === '' ? 'data' : path}: ${issue.message}`.slice(0, 200);
}

/**
 * Reads a client's message. Strict about what this bot uses, lenient about what it does not, and bounded: never throws
 * and never recurses into what a client sent. Source: Pipecat's rtvi processor and client-js 1.13.1.
 */
export function parseClientMessage(message: unknown): ClientMessage {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return { kind: 'malformed', reason: 'not an object' };
  }
  if (!withinBounds(message)) return { kind: 'malformed', reason: 'too deep or too big' };
  const outer = envelope.safeParse(message);
  if (!outer.success) return { kind: 'malformed', reason: reasonOf(outer.error) };
  return parseData(outer.data.type, outer.data.id ?? undefined, outer.data.data);
}

function parseData(type: string, messageId: string | undefined, data: unknown): ClientMessage {
  const invalid = (reason: string): ClientMessage => ({ kind: 'invalid', id: messageId, type, reason });
  switch (type) {
    case 'client-ready': {
      if (messageId === undefined) return invalid('id: required');
      const ready = clientReady.safeParse(data ?? {});
      if (!ready.success) return invalid(reasonOf(ready.error));
      return {
        kind: 'client-ready',
        id: messageId,
        version: ready.data.version ?? undefined,
        library: ready.data.about?.library,
      };
    }
    case 'client-message': {
      if (messageId === undefined) return invalid('id: required');
      const asked = clientMessage.safeParse(data);
      if (!asked.success) return invalid(reasonOf(asked.error));
      const { t, d } = asked.data;
      if (t !== REPORTS_MESSAGE) return { kind: 'client-message', id: messageId, t, d };
      const wanted = reports.safeParse(d);
      if (!wanted.success) return invalid(reasonOf(wanted.error));
      return { kind: 'reports-asked', id: messageId, reports: wanted.data };
    }
    case 'send-text': {
      const sent = sendText.safeParse(data);
      if (!sent.success) return invalid(reasonOf(sent.error));
      return {
        kind: 'send-text',
        id: messageId,
        text: sent.data.content,
        runImmediately: sent.data.options?.run_immediately ?? true,
        audioResponse: sent.data.options?.audio_response ?? true,
      };
    }
    case 'append-to-context': {
      const added = appendToContext.safeParse(data);
      if (!added.success) return invalid(reasonOf(added.error));
      const { content: text, run_immediately: runImmediately } = added.data;
      return { kind: 'send-text', id: messageId, text, runImmediately: runImmediately ?? false, audioResponse: true };
    }
    case 'dtmf': {
      const pressed = dtmf.safeParse(data);
      if (!pressed.success) return invalid('buttons: from 1 to 64 of 0 to 9, * and #');
      return { kind: 'dtmf', id: messageId, keys: pressed.data.buttons.join('') };
    }
    case 'disconnect-bot':
      return { kind: 'disconnect-bot', id: messageId };
    default:
      return { kind: 'unsupported', id: messageId, type };
  }
}
