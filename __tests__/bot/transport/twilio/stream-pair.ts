import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { BotError } from '../../../../bot/errors';
import { type LineTransfer, TwilioTransport } from '../../../../bot/transport/twilio/transport';
import { encodeMulaw } from '../../../../bot/transport/twilio/mulaw';
import type { TransferOutcome } from '../../../../bot/transport/transport';
import { eventually } from '../../../support/eventually';
import { FakeClock } from '../../../support/fake-clock';
import { strictBeat } from '../../../support/strict-beat';

export const CALL_SID = `CA${'1'.repeat(32)}`;
export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const STREAM_SID = `MZ${'2'.repeat(32)}`;

interface Sent {
  readonly event: string;
  readonly media?: { readonly payload: string };
  readonly mark?: { readonly name: string };
}

export const start = (over: object = {}) => ({
  event: 'start',
  sequenceNumber: '1',
  streamSid: STREAM_SID,
  start: {
    accountSid: ACCOUNT_SID,
    callSid: CALL_SID,
    streamSid: STREAM_SID,
    tracks: ['inbound'],
    customParameters: {},
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    ...over,
  },
});

/** 20 ms of one value. */
export function media(chunk: number, timestampMs: number, value = 1_000): object {
  const mulaw = Buffer.alloc(160);
  encodeMulaw(new Int16Array(160).fill(value), mulaw);
  const payload = mulaw.toString('base64');
  return {
    event: 'media',
    streamSid: STREAM_SID,
    media: { track: 'inbound', chunk: String(chunk), timestamp: String(timestampMs), payload },
  };
}

/** A transport on a real socket of loopback, with a clock that a test moves; the other end is the test's. */
export async function streamPair(options: Partial<ConstructorParameters<typeof TwilioTransport>[0]> = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, maxPayload: 64 * 1024 });
  await once(server, 'listening');
  const twilio = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(twilio, 'open')])) as [[WebSocket], unknown];
  const clock = new FakeClock();
  const ticker = strictBeat(clock);
  const sent: Sent[] = [];
  twilio.on('message', (data: Buffer) => sent.push(JSON.parse(data.toString()) as Sent));
  const closed = once(twilio, 'close').then(([code]) => code as number);
  const hungUp: string[] = [];
  const transfers: LineTransfer[] = [];
  const line = {
    hangUp: (callSid: string) => {
      hungUp.push(callSid);
      return Promise.resolve();
    },
    transfer: (transfer: LineTransfer): Promise<TransferOutcome> => {
      transfers.push(transfer);
      return Promise.resolve({ kind: 'failed', why: 'busy' });
    },
  };
  const transport = new TwilioTransport({
    socket,
    callSid: CALL_SID,
    accountSid: ACCOUNT_SID,
    line,
    clock,
    ticker,
    ...options,
  });
  const heard: Int16Array[] = [];
  const messages: { type: string; data: Record<string, unknown> }[] = [];
  const left: number[] = [];
  const failed: BotError[] = [];
  const lastWords: string[] = [];
  let malformed = 0;
  const abort = new AbortController();
  const events = {
    onAudio: (pcm: Int16Array) => void heard.push(pcm),
    onMessage: (message: unknown) => void messages.push(message as (typeof messages)[number]),
    onLastWords: (words: string) => void lastWords.push(words),
    onLeft: (remaining: number) => void left.push(remaining),
    onFailed: (error: BotError) => void failed.push(error),
    onMuted: () => undefined,
    onMalformed: () => void (malformed += 1),
  };
  const say = (message: object): void => twilio.send(JSON.stringify(message));
  return {
    transport,
    twilio,
    socket,
    clock,
    sent,
    closed,
    hungUp,
    transfers,
    heard,
    messages,
    left,
    failed,
    lastWords,
    abort,
    malformed: () => malformed,
    /** Samples that the model was given, at 16 kHz. */
    heardMs: () => heard.reduce((sum, pcm) => sum + pcm.length / 16, 0),
    say,
    starting: () => transport.start(events, abort.signal),
    /** The stream has begun. */
    begin: async (): Promise<void> => {
      say({ event: 'connected', protocol: 'Call', version: '1.0.0' });
      say(start());
      await transport.start(events, abort.signal);
    },
    until: (condition: () => boolean, what: string) => eventually(condition, what, 5_000),
    /** Whatever was sent has come. */
    seen: (event: string, count: number) =>
      eventually(() => sent.filter((one) => one.event === event).length >= count, `${count} ${event}`, 5_000),
    marks: () => sent.flatMap(({ mark }) => (mark === undefined ? [] : [mark.name])),
    frames: () => sent.filter(({ event }) => event === 'media').length,
    end: async (): Promise<void> => {
      await transport.close('transferred');
      twilio.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type StreamPair = Awaited<ReturnType<typeof streamPair>>;
