import type { WebSocket } from 'ws';
import { WebSocket as Socket } from 'ws';
import type { FakeTwilio } from '../../../fakes/twilio';
import { mutateBytes, mutateJson } from '../mutate';
import type { Random } from '../random';
import { Finding } from '../target';
import { announced, offeredPath, openStream, wasRead } from './caller';

const FRAME = Buffer.alloc(160, 0xff).toString('base64');
/** So many at once before it is asked whether they were read. */
const BATCH = 50;
/** What ends a stream is rare, so that most of the rest is read. */
const DEADLY_SHARE = 0.01;
const MEGABYTE = 1024 * 1024;

/** A stream of Twilio's that sends whatever it likes; where the bot has had enough, another call comes. */
export class MalformedStream {
  readonly #botUrl: string;
  readonly #twilio: FakeTwilio;
  #socket: WebSocket | undefined;
  #callSid = '';
  #unread = 0;
  #calls = 0;

  /** @param firstCaller numbers of callers follow from it */
  constructor(botUrl: string, twilio: FakeTwilio, firstCaller: number) {
    this.#botUrl = botUrl;
    this.#twilio = twilio;
    this.#calls = firstCaller;
  }

  /** Sends one message. @throws Finding when the bot neither reads on nor ends the stream */
  async send(random: Random): Promise<void> {
    const socket = await this.#open(random);
    const message = malformed(random, this.#twilio.accountSid, this.#callSid);
    socket.send(message);
    this.#unread += 1;
    if (this.#unread >= BATCH) await this.#read(socket);
  }

  /** Hangs up, or only goes away. */
  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    await this.#read(socket);
    socket.close(1000);
    socket.terminate();
  }

  async #read(socket: WebSocket): Promise<void> {
    this.#unread = 0;
    await wasRead(socket);
  }

  async #open(random: Random): Promise<WebSocket> {
    if (this.#socket?.readyState === Socket.OPEN) return this.#socket;
    this.#calls += 1;
    const call = announced(this.#twilio, this.#calls);
    this.#callSid = call.callSid;
    const path = await offeredPath(this.#botUrl, this.#twilio, call);
    const socket = await openStream(this.#botUrl, this.#twilio, path, 'plain');
    if (typeof socket === 'number') throw new Finding(`a stream that is right is answered with ${socket}`);
    this.#socket = socket;
    this.#unread = 0;
    socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
    // Some are malformed before they begin, most afterwards.
    if (random.chance(0.8)) socket.send(JSON.stringify(valid('start', random, this.#twilio.accountSid, this.#callSid)));
    return socket;
  }
}

const EVENTS = ['media', 'media', 'media', 'dtmf', 'mark', 'start', 'connected', 'clear', 'nonsense'] as const;

function malformed(random: Random, accountSid: string, callSid: string): string | Buffer {
  if (random.chance(DEADLY_SHARE)) return deadly(random);
  return JSON.stringify(mutateJson(valid(random.pick(EVENTS), random, accountSid, callSid), random, 0.3));
}

/** Not JSON, binary, or far too long. */
function deadly(random: Random): string | Buffer {
  if (random.chance(0.05)) return 'x'.repeat(MEGABYTE);
  if (random.chance(0.3)) return random.bytes(random.integer(0, 400));
  return mutateBytes(Buffer.from(JSON.stringify({ event: 'media', media: { payload: FRAME } })), random).toString(
    'latin1',
  );
}

/** A message as Twilio sends them. */
function valid(event: (typeof EVENTS)[number], random: Random, accountSid: string, callSid: string): object {
  const streamSid = 'MZ00000000000000000000000000000001';
  const base = { event, sequenceNumber: String(random.integer(1, 1_000)), streamSid };
  switch (event) {
    case 'start': {
      const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
      return {
        ...base,
        start: { accountSid, callSid, streamSid, tracks: ['inbound'], customParameters: {}, mediaFormat },
      };
    }
    case 'media': {
      const n = random.integer(1, 100_000);
      return { ...base, media: { track: 'inbound', chunk: String(n), timestamp: String(n * 20), payload: FRAME } };
    }
    case 'dtmf':
      return { ...base, dtmf: { track: 'inbound_track', digit: random.pick(['1', '#', '*', 'A']) } };
    case 'mark':
      return { ...base, mark: { name: random.pick(['g1.200', 'g0.0', 'g-1.5', 'g9999999999.1', 'x']) } };
    default:
      return base;
  }
}
