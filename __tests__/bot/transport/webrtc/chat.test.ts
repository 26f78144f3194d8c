import pino from 'pino';
import { Chat } from '../../../../bot/transport/webrtc/chat';
import { Presence } from '../../../../bot/transport/webrtc/presence';
import { FakeClock } from '../../../support/fake-clock';

let clock: FakeClock;
let chat: Chat;
let sent: string[];
let happened: unknown[];
let works: boolean;

const listener = {
  onMessage: (message: unknown) => void happened.push(message),
  onMuted: (muted: boolean) => void happened.push(muted ? 'muted' : 'unmuted'),
  onMalformed: () => void happened.push('malformed'),
};

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  happened = [];
  works = true;
  chat = new Chat({
    clock,
    presence: new Presence(15_000, 0),
    logger: pino({ level: 'silent' }),
    transmit: (frame) => {
      if (works) sent.push(frame);
      return works;
    },
  });
});

function trackStatus(receiverIndex: number, enabled: boolean): string {
  return JSON.stringify({
    type: 'signalling',
    message: { type: 'trackStatus', receiver_index: receiverIndex, enabled },
  });
}

function message(type: string): { label: 'rtvi-ai'; type: string } {
  return { label: 'rtvi-ai', type };
}

test('what comes before anybody listens is kept in order, up to fifty messages', () => {
  chat.take(trackStatus(0, false));
  for (let count = 0; count < 60; count += 1) chat.take(JSON.stringify({ count }));
  chat.listener = listener;
  expect(happened).toEqual(['muted', ...Array.from({ length: 50 }, (_, count) => ({ count }))]);
  expect(chat.counts.messagesDropped).toBe(10);
});

test('what is said before the channel is open is kept in order, up to fifty messages', () => {
  for (let count = 0; count < 60; count += 1) chat.say(message(`m-${count}`));
  chat.open = true;
  chat.say(message('after'));
  expect(sent).toHaveLength(51);
  expect(JSON.parse(sent[0]!)).toEqual(message('m-0'));
  expect(JSON.parse(sent[50]!)).toEqual(message('after'));
  expect(chat.counts.messagesDropped).toBe(10);
});

test('while a connection is replaced messages wait for the new one', () => {
  chat.open = true;
  chat.open = false;
  chat.say(message('meanwhile'));
  expect(sent).toEqual([]);
  chat.open = true;
  expect(sent).toHaveLength(1);
});

test('only a change of the microphone is told, not of the camera, and not twice', () => {
  chat.listener = listener;
  chat.take(trackStatus(0, true));
  chat.take(trackStatus(1, false));
  chat.take(trackStatus(0, false));
  chat.take(trackStatus(0, false));
  chat.take(trackStatus(0, true));
  expect(happened).toEqual(['muted', 'unmuted']);
});

test('frames that cannot be used are counted and told; a flood is not even parsed', () => {
  chat.listener = listener;
  chat.take('{');
  for (let count = 0; count < 1_000; count += 1) chat.take('{}');
  expect(happened.filter((what) => what === 'malformed')).toHaveLength(702);
  expect(chat.counts.framesRefused).toBe(702);
  clock.advance(1_000);
  happened = [];
  chat.take('{"a":1}');
  expect(happened).toEqual([{ a: 1 }]);
});

test('what cannot be sent, or is no JSON, is dropped and counted', () => {
  chat.open = true;
  works = false;
  chat.say(message('lost'));
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  chat.say({ label: 'rtvi-ai', type: 'server-message', data: circular });
  expect(chat.counts.messagesDropped).toBe(2);
  expect(chat.signal('peerLeft')).toBe(false);
});

test('a signal is not kept for later', () => {
  expect(chat.signal('renegotiate')).toBe(false);
  chat.open = true;
  expect(sent).toEqual([]);
  expect(chat.signal('renegotiate')).toBe(true);
});

test('once nobody listens any more nothing is handed over', () => {
  chat.listener = listener;
  chat.listener = undefined;
  chat.take('{"a":1}');
  chat.take('{');
  expect(happened).toEqual([]);
});

const typesIn = (frames: readonly string[]): unknown[] =>
  frames.map((frame) => (JSON.parse(frame) as { type: unknown }).type);

test('S3: what a client has missed since its last sign of life is told once on the new connection, in order', () => {
  chat.open = true;
  chat.say(message('heard'));
  clock.advance(1_000);
  chat.take('ping: 1');
  clock.advance(100);
  chat.say(message('user-started-speaking'));
  // The channel itself may be gone by now.
  works = false;
  chat.say(message('bot-stopped-speaking'));
  chat.moved();
  works = true;
  chat.say(message('while connecting'));
  sent.length = 0;
  chat.open = true;
  expect(typesIn(sent)).toEqual(['user-started-speaking', 'bot-stopped-speaking', 'while connecting']);
  chat.take('ping: 2');
  clock.advance(1);
  sent.length = 0;
  chat.moved();
  chat.open = true;
  expect(sent).toEqual([]);
});

test('S3: a client that sends no pings is told nothing twice', () => {
  chat.open = true;
  clock.advance(1_000);
  chat.say(message('perhaps heard'));
  chat.moved();
  sent.length = 0;
  chat.open = true;
  expect(sent).toEqual([]);
});
