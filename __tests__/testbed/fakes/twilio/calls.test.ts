import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openTwilio, type FakeTwilio } from '../../../../testbed/fakes/twilio';
import { realClock } from '../../../../testbed/fakes/twilio/time';
import type { CallEventKind, CallEventOf, FakeCall } from '../../../../testbed/fakes/twilio/types';
import { encodeWav, tone } from '../../../../testbed/speech';
import { rmsOf } from '../../../../testbed/speech/audio-analysis';
import { EchoBot } from './echo-bot';

const HOST = 'voice.example.com';
const ORIGIN = `https://${HOST}`;
const TOKEN = '0123456789abcdef0123456789abcdef';
const COLLEAGUE = '+14155550177';

let twilio: FakeTwilio;
let bot: EchoBot;

beforeEach(async () => {
  bot = await new EchoBot(TOKEN, ORIGIN).open();
  twilio = await openTwilio({ hosts: { [HOST]: [bot.url] }, authTokens: [TOKEN] });
  twilio.numbers[0]!.voiceUrl = `${ORIGIN}/voice`;
});

afterEach(async () => {
  await twilio.close();
  await bot.close();
});

const all = <K extends CallEventKind>(call: FakeCall, kind: K): CallEventOf<K>[] =>
  call.events.filter((event): event is CallEventOf<K> => event.kind === kind);

describe('documents', () => {
  it('leaves a rejected call unanswered', async () => {
    bot.answers.set('/voice', (response) => response.reject({ reason: 'busy' }));
    const call = twilio.ring();
    expect(await call.ended).toEqual({ status: 'busy', by: 'twiml' });
    expect(all(call, 'status').map(({ status }) => status)).toEqual(['ringing', 'busy']);
  });

  it('plays a recording, says a text, and follows a redirect whose query is signed', async () => {
    const sound = encodeWav({ rateHz: 8000, samples: tone(500, 60, 8000) });
    bot.raw.set('/notice.wav', { status: 200, type: 'audio/wav', body: sound });
    bot.answers.set('/voice', (response) => {
      response.play('/notice.wav');
      response.redirect('/next?try=2&iat=1');
    });
    bot.answers.set('/next?try=2&iat=1', (response) => response.say('Bye'));
    const call = twilio.ring();
    await call.ended;
    expect(bot.asked.map(({ path, isSigned }) => [path, isSigned])).toEqual([
      ['/voice', true],
      ['/notice.wav', true],
      ['/next?try=2&iat=1', true],
    ]);
    expect(all(call, 'said').map(({ text }) => text)).toEqual(['Bye']);
    expect(rmsOf(call.heard.pcm)).toBeGreaterThan(0.05);
    expect(twilio.errors).toEqual([]);
  });

  it.each<[string, { status: number; type: string; body: string }, number]>([
    ['a webhook that fails', { status: 500, type: 'text/xml', body: '' }, 11200],
    ['another type', { status: 200, type: 'application/json', body: '{}' }, 12300],
    ['no TwiML', { status: 200, type: 'text/xml', body: '<Response>' }, 12100],
    ['an unknown verb', { status: 200, type: 'text/xml', body: '<Response><Enqueue/></Response>' }, 12200],
  ])('says %s and asks the fallback, told what it was', async (_, answer, code) => {
    twilio.numbers[0]!.voiceFallbackUrl = `${ORIGIN}/fallback`;
    bot.raw.set('/voice', answer);
    bot.answers.set('/fallback', (response) => response.hangup());
    const call = twilio.ring();
    expect(await call.ended).toEqual({ status: 'completed', by: 'twiml' });
    expect(twilio.errors.map((error) => error.code)).toEqual([code]);
    expect(bot.asked.at(-1)).toMatchObject({
      path: '/fallback',
      form: { ErrorCode: String(code), ErrorUrl: `${ORIGIN}/voice` },
    });
  });

  it('gives up on a webhook that is nowhere, after one more try', async () => {
    const landed: string[] = [];
    twilio.landOn(HOST, ({ path }) => {
      landed.push(path);
      return 'http://127.0.0.1:1';
    });
    expect(await twilio.ring().ended).toEqual({ status: 'failed', by: 'error' });
    expect(landed).toEqual(['/voice', '/voice']);
    expect(twilio.errors.map(({ code }) => code)).toEqual([11205]);
  });

  it('gives up on an answer that takes over 15 s', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const hurried = {
      ...realClock,
      after: (ms: number, fn: () => void) => realClock.after(ms === 15_000 ? 1 : ms, fn),
    };
    const other = await openTwilio({ clock: hurried });
    const { port } = silent.address() as AddressInfo;
    expect(await other.ring({ webhook: `http://127.0.0.1:${port}/voice` }).ended).toMatchObject({ status: 'failed' });
    expect(other.errors.map(({ code }) => code)).toEqual([11205]);
    await other.close();
    silent.closeAllConnections();
    silent.close();
  });
});

describe('<Dial>', () => {
  const dialling = (attributes: object = {}): void => {
    bot.answers.set(
      '/voice',
      (response) => void response.dial({ action: '/dialled', answerOnBridge: true, ...attributes }).number(COLLEAGUE),
    );
    bot.answers.set('/dialled', (response) => response.hangup());
  };

  it('puts both through to each other, and tells action how it went', async () => {
    dialling();
    let answered: (leg: FakeCall) => void = () => undefined;
    const colleague = new Promise<FakeCall>((resolve) => (answered = resolve));
    twilio.callee(COLLEAGUE, { kind: 'answers', onAnswered: answered });
    const call = twilio.ring();
    const leg = await colleague;
    const sound = { rateHz: 8000, samples: tone(900, 100, 8000) };
    await call.speak(sound);
    await leg.speak(sound);
    leg.hangUp();
    await call.ended;
    expect(rmsOf(leg.heard.pcm)).toBeGreaterThan(0.1);
    expect(rmsOf(call.heard.pcm)).toBeGreaterThan(0.1);
    expect(leg).toMatchObject({ direction: 'outbound-dial', from: call.from, to: COLLEAGUE });
    expect(bot.asked.at(-1)).toMatchObject({
      path: '/dialled',
      form: { DialCallStatus: 'completed', DialCallSid: leg.sid, DialBridged: 'true' },
    });
  });

  it.each(['busy', 'no-answer', 'failed'] as const)(
    'tells action of %s, and the caller was never answered',
    async (kind) => {
      dialling();
      twilio.callee(COLLEAGUE, { kind, afterMs: 0 });
      const call = twilio.ring();
      await call.ended;
      expect(bot.asked.at(-1)).toMatchObject({
        path: '/dialled',
        form: { DialCallStatus: kind, DialBridged: 'false', CallStatus: 'ringing' },
      });
    },
  );

  it('ends the other leg when the caller hangs up while it rings', async () => {
    dialling();
    twilio.callee(COLLEAGUE, { kind: 'answers', afterMs: 60_000 });
    const call = twilio.ring();
    const leg = await twilio.waitForCall(({ direction }) => direction === 'outbound-dial');
    await leg.waitFor('status', { fits: ({ status }) => status === 'ringing' });
    call.hangUp();
    expect(await leg.ended).toMatchObject({ status: 'canceled' });
    await call.ended;
    expect(bot.asked.map(({ path }) => path)).toEqual(['/voice']);
  });

  it('joins a conference, which its owner ends', async () => {
    bot.answers.set('/voice', (response, { From }) => {
      const owns = From === '+14155550142';
      response
        .dial({ action: '/dialled' })
        .conference({ endConferenceOnExit: owns, startConferenceOnEnter: owns }, 'room');
    });
    bot.answers.set('/dialled', (response) => response.hangup());
    const guest = twilio.ring({ from: '+14155550143' });
    await guest.waitFor('conference');
    const owner = twilio.ring();
    await owner.waitFor('conference');
    await owner.speak({ rateHz: 8000, samples: tone(900, 100, 8000) });
    owner.hangUp();
    await Promise.all([owner.ended, guest.ended]);
    expect(rmsOf(guest.heard.pcm)).toBeGreaterThan(0.05);
    expect(bot.asked.filter(({ path }) => path === '/dialled')).toHaveLength(1);
  });
});

describe('status callbacks', () => {
  it.each([
    ['in-order', ['completed']],
    ['twice', ['completed', 'completed']],
    ['lost', []],
  ] as const)('come %s', async (callbacks, expected) => {
    twilio.numbers[0]!.statusCallback = `${ORIGIN}/status`;
    bot.answers.set('/voice', (response) => response.pause({ length: 60 }));
    const call = twilio.ring({ faults: { callbacks } });
    await call.waitFor('status', { fits: ({ status }) => status === 'in-progress' });
    call.hangUp();
    await call.ended;
    const told = bot.asked.filter(({ path }) => path === '/status');
    expect(told.map(({ form }) => form['CallStatus'])).toEqual(expected);
    expect(told.every(({ isSigned }) => isSigned)).toBe(true);
  });
});

describe('streams', () => {
  const connecting = (): void => {
    bot.answers.set('/voice', (response) => void response.connect().stream({ url: `wss://${HOST}/media` }));
  };

  it.each([
    ['ws:', `ws://${HOST}/media`, 31922],
    ['a query', `wss://${HOST}/media?token=1`, 31920],
  ])('refuses a URL with %s', async (_, url, code) => {
    bot.answers.set('/voice', (response) => void response.connect().stream({ url }));
    await twilio.ring().ended;
    expect(twilio.errors.map((error) => error.code)).toEqual([code]);
    expect(bot.upgrades).toEqual([]);
  });

  it('goes half open: nothing more comes and nothing is read', async () => {
    connecting();
    const call = twilio.ring();
    await bot.message('media');
    call.stream?.goHalfOpen();
    bot.sockets[0]!.close(1000);
    call.hangUp();
    await call.ended;
    expect(bot.messages.some(({ event }) => event === 'stop')).toBe(false);
  });

  it('starts again beside the stream that there is', async () => {
    connecting();
    const call = twilio.ring();
    await call.waitFor('stream-started');
    await call.startAgain();
    expect(call.streams).toHaveLength(2);
    bot.sockets[0]!.close(1000);
    await call.waitFor('stream-stopped');
    expect(call.status).toBe('in-progress');
    call.hangUp();
    await call.ended;
  });

  it('lands on the tasks of a host in turn', async () => {
    const other = await new EchoBot(TOKEN, ORIGIN).open();
    connecting();
    other.answers.set('/voice', (response) => void response.connect().stream({ url: `wss://${HOST}/media` }));
    twilio.landOn(HOST, [bot.url, other.url]);
    const call = twilio.ring();
    await call.waitFor('stream-started');
    const [{ landedOn }] = all(call, 'upgrade') as [CallEventOf<'upgrade'>];
    expect([bot.upgrades.length, other.upgrades.length]).toEqual(landedOn === bot.url ? [1, 0] : [0, 1]);
    expect(bot.asked.length + other.asked.length).toBe(1);
    expect(landedOn === bot.url ? other.asked : bot.asked).toHaveLength(1);
    call.hangUp();
    await call.ended;
    await other.close();
  });
});
