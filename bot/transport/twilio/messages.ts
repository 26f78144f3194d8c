/*
 * The messages of Twilio's Media Streams, both ways.
 * Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages
 */

export interface StreamStart {
  readonly accountSid: string;
  readonly callSid: string;
  readonly streamSid: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Encoding, rate and channels in one word, as `audio/x-mulaw 8000 1`. */
  readonly format: string;
}

export type TwilioMessage =
  | { readonly kind: 'connected' }
  | { readonly kind: 'start'; readonly start: StreamStart }
  /** `chunk` counts from 1; `timestampMs` since the stream began; `payload` is base64. */
  | { readonly kind: 'media'; readonly chunk: number; readonly timestampMs: number; readonly payload: string }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'dtmf'; readonly digit: string }
  | { readonly kind: 'stop' }
  /** One that Twilio may have added since. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-json' }
  /** A field is missing or not what it should be. */
  | { readonly kind: 'malformed'; readonly field: string };

/** The one format that is spoken here. */
export const MULAW_8K = 'audio/x-mulaw 8000 1';

const MAX_PARAMETERS = 32;
const KEY = /^[0-9*#]$/;

type Fields = Readonly<Record<string, unknown>>;

const malformed = (field: string): TwilioMessage => ({ kind: 'malformed', field });
const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= 1_024 ? value : undefined;

/** Twilio writes numbers as text; both are taken. */
function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** Reads a text frame. Never throws. */
export function parseMessage(text: string): TwilioMessage {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'not-json' };
  }
  const message = fieldsOf(parsed);
  if (message === undefined) return malformed('message');
  switch (message['event']) {
    case 'media':
      return parseMedia(message['media']);
    case 'connected':
    case 'stop':
      return { kind: message['event'] };
    case 'start':
      return parseStart(message['start']);
    case 'mark': {
      const name = textOf(fieldsOf(message['mark'])?.['name']);
      return name === undefined ? malformed('mark.name') : { kind: 'mark', name };
    }
    case 'dtmf': {
      const digit = fieldsOf(message['dtmf'])?.['digit'];
      if (typeof digit !== 'string') return malformed('dtmf.digit');
      // Military telephones have four keys more.
      return KEY.test(digit) ? { kind: 'dtmf', digit } : { kind: 'unknown' };
    }
    default:
      return typeof message['event'] === 'string' ? { kind: 'unknown' } : malformed('event');
  }
}

function parseMedia(value: unknown): TwilioMessage {
  const media = fieldsOf(value);
  const chunk = countOf(media?.['chunk']);
  const timestampMs = countOf(media?.['timestamp']);
  const payload = media?.['payload'];
  if (chunk === undefined) return malformed('media.chunk');
  if (timestampMs === undefined) return malformed('media.timestamp');
  if (typeof payload !== 'string') return malformed('media.payload');
  return { kind: 'media', chunk, timestampMs, payload };
}

function parseStart(value: unknown): TwilioMessage {
  const start = fieldsOf(value);
  const accountSid = textOf(start?.['accountSid']);
  const callSid = textOf(start?.['callSid']);
  const streamSid = textOf(start?.['streamSid']);
  if (accountSid === undefined) return malformed('start.accountSid');
  if (callSid === undefined) return malformed('start.callSid');
  if (streamSid === undefined) return malformed('start.streamSid');
  const { encoding, sampleRate, channels } = fieldsOf(start?.['mediaFormat']) ?? {};
  const entries = Object.entries(fieldsOf(start?.['customParameters']) ?? {}).slice(0, MAX_PARAMETERS);
  const parameters = Object.fromEntries(
    entries.flatMap(([name, given]) => (textOf(given) === undefined ? [] : [[name, String(given)]])),
  );
  const format = `${String(encoding)} ${countOf(sampleRate) ?? '?'} ${countOf(channels) ?? '?'}`;
  return { kind: 'start', start: { accountSid, callSid, streamSid, parameters, format } };
}

/** What is sent in one stream. */
export interface StreamWriter {
  media(mulaw: Buffer): string;
  mark(name: string): string;
  clear(): string;
}

/** Messages of a stream, between fixed texts: there are fifty a second. */
export function streamWriter(streamSid: string): StreamWriter {
  const stream = `"streamSid":${JSON.stringify(streamSid)}`;
  const media = `{"event":"media",${stream},"media":{"payload":"`;
  const clear = `{"event":"clear",${stream}}`;
  return {
    media: (mulaw) => `${media}${mulaw.toString('base64')}"}}`,
    mark: (name) => `{"event":"mark",${stream},"mark":{"name":${JSON.stringify(name)}}}`,
    clear: () => clear,
  };
}
