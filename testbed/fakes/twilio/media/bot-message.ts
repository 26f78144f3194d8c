import { RuleBroken } from '../errors';
import { FRAME_SAMPLES } from '../line/mulaw';

/** What a customer may send in a two-way stream, and nothing else. Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages */
export type BotMessage =
  | { readonly event: 'media'; readonly mulaw: Buffer }
  | { readonly event: 'mark'; readonly name: string }
  | { readonly event: 'clear' };

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads a text message strictly. @throws RuleBroken 31924 with the rule it breaks, never with its content */
export function readBotMessage(text: string, streamSid: string): BotMessage {
  const message = objectOf(parse(text), 'the message');
  const { event } = message;
  if (message['streamSid'] !== streamSid) throw wrong(`streamSid of ${String(event)} is not that of the stream`);
  switch (event) {
    case 'media': {
      onlyKeys(message, ['event', 'streamSid', 'media']);
      const media = objectOf(message['media'], 'media');
      onlyKeys(media, ['payload']);
      return { event, mulaw: audioOf(media['payload']) };
    }
    case 'mark': {
      onlyKeys(message, ['event', 'streamSid', 'mark']);
      const mark = objectOf(message['mark'], 'mark');
      onlyKeys(mark, ['name']);
      const { name } = mark;
      if (typeof name !== 'string' || name === '') throw wrong('mark.name is no text');
      return { event, name };
    }
    case 'clear':
      onlyKeys(message, ['event', 'streamSid']);
      return { event };
    default:
      throw wrong(`event is none of media, mark, clear`);
  }
}

function audioOf(payload: unknown): Buffer {
  if (typeof payload !== 'string' || !BASE64.test(payload)) throw wrong('media.payload is no base64');
  const mulaw = Buffer.from(payload, 'base64');
  if (mulaw.length === 0 || mulaw.length % FRAME_SAMPLES !== 0) {
    throw wrong(`media.payload has ${mulaw.length} bytes, which is no multiple of ${FRAME_SAMPLES}: it stutters`);
  }
  if (mulaw.toString('latin1', 0, 4) === 'RIFF') throw wrong('media.payload has the header of a file');
  return mulaw;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('the message is no JSON');
  }
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(`${name} is no object`);
}

function onlyKeys(object: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) throw wrong(`${unknown} is not known in it`);
}

function wrong(about: string): RuleBroken {
  return new RuleBroken(31924, about);
}
