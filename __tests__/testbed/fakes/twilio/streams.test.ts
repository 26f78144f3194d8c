import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { openTwilio, type FakeTwilio } from '../../../../testbed/fakes/twilio';
import { tone } from '../../../../testbed/speech';
import { dominantHz } from '../../../../testbed/speech/audio-analysis';
import { EchoBot } from './echo-bot';

const HOST = 'voice.example.com';
const TOKEN = '0123456789abcdef0123456789abcdef';
const PATH = '/media/token';
const FRAME = Buffer.alloc(160, 0x55).toString('base64');

let twilio: FakeTwilio;
let bot: EchoBot;

beforeEach(async () => {
  bot = await new EchoBot(TOKEN, `https://${HOST}`).open();
  twilio = await openTwilio({ hosts: { [HOST]: [bot.url] }, authTokens: [TOKEN, 'f'.repeat(32)] });
  twilio.numbers[0]!.voiceUrl = `https://${HOST}/voice`;
  bot.answers.set('/voice', (response) => {
    const stream = response.connect({ action: '/after' }).stream({ url: `wss://${HOST}${PATH}` });
    stream.parameter({ name: 'from', value: '+14155550142' });
  });
  bot.answers.set('/after', (response) => response.hangup());
});

afterEach(async () => {
  await twilio.close();
  await bot.close();
});

it('calls a customer who answers with the official builder, and is heard and hears', async () => {
  const call = twilio.ring();
  await call.waitFor('stream-started');
  await call.speak({ rateHz: 8000, samples: tone(1000, 200, 8000) });
  await call.waitFor('audio');
  await bot.message('media', (message) => Number((message['media'] as { chunk: string }).chunk) > 20);
  const [connected, start, media] = bot.messages as [unknown, { start: object; streamSid: string }, { media: object }];
  expect(connected).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  expect(start).toEqual({
    event: 'start',
    sequenceNumber: '1',
    streamSid: call.stream?.sid,
    start: {
      accountSid: twilio.accountSid,
      callSid: call.sid,
      streamSid: call.stream?.sid,
      tracks: ['inbound'],
      customParameters: { from: '+14155550142' },
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    },
  });
  expect(media.media).toMatchObject({
    track: 'inbound',
    chunk: '1',
    timestamp: expect.stringMatching(/^\d+$/) as string,
  });
  call.hangUp();
  expect(await call.ended).toEqual({ status: 'completed', by: 'person' });
  expect(bot.messages.at(-1)).toMatchObject({
    event: 'stop',
    stop: { callSid: call.sid, accountSid: twilio.accountSid },
  });
  const { pcm } = call.heard;
  const loud = pcm.findIndex((sample) => Math.abs(sample) > 8_000);
  expect(Math.round(dominantHz(pcm.slice(loud, loud + 1200), 8000) / 10)).toBe(100);
  expect(twilio.errors).toEqual([]);
  expect(bot.asked).toEqual([
    {
      path: '/voice',
      isSigned: true,
      form: expect.objectContaining({ CallSid: call.sid, CallStatus: 'ringing', From: '+14155550142' }) as unknown,
    },
  ]);
});

it('signs the upgrade over the wss URL, which the official library takes, and https it does not', async () => {
  const call = twilio.ring();
  await call.waitFor('stream-started');
  const [{ url, signature, host }] = bot.upgrades as [{ url: string; signature: string; host: string }];
  expect([url, host]).toEqual([PATH, HOST]);
  expect(validateRequest(TOKEN, signature, `wss://${HOST}${PATH}`, {})).toBe(true);
  expect(validateRequest(TOKEN, signature, `https://${HOST}${PATH}`, {})).toBe(false);
  call.hangUp();
  await call.ended;
});

it('plays at real time, echoes a mark when all before it was heard, and all that are pending on clear', async () => {
  bot.echoes = false;
  const call = twilio.ring();
  await call.waitFor('stream-started');
  await bot.message('start');
  bot.send({ event: 'mark', mark: { name: 'empty' } });
  await call.waitFor('echo', { fits: ({ name }) => name === 'empty' });
  for (let frame = 0; frame < 5; frame += 1) bot.send({ event: 'media', media: { payload: FRAME } });
  bot.send({ event: 'mark', mark: { name: 'heard' } });
  const heard = await call.waitFor('echo', { fits: ({ name }) => name === 'heard' });
  expect(heard.wasPlayed).toBe(true);
  expect(call.stream?.unheardMs).toBe(0);
  bot.send({ event: 'media', media: { payload: Buffer.alloc(160 * 3000, 0x55).toString('base64') } });
  bot.send({ event: 'mark', mark: { name: 'never' } });
  bot.send({ event: 'clear' });
  const cleared = await call.waitFor('clear');
  expect(cleared.unheardMs).toBeGreaterThan(50_000);
  expect(await call.waitFor('echo', { fits: ({ name }) => name === 'never' })).toMatchObject({ wasPlayed: false });
  expect(await bot.message('mark', ({ mark }) => (mark as { name: string }).name === 'never')).toMatchObject({
    streamSid: call.stream?.sid,
  });
  expect(twilio.errors).toEqual([]);
});

it.each<[string, number, (bot: EchoBot) => void]>([
  ['a binary frame', 31950, () => bot.send(Buffer.from([1, 2]))],
  ['no JSON', 31924, () => bot.send('{')],
  ['another event', 31924, () => bot.send({ event: 'dtmf', digit: '1' })],
  ['another stream', 31924, () => bot.send(JSON.stringify({ event: 'clear', streamSid: 'MZ0' }))],
  ['a mark without name', 31924, () => bot.send({ event: 'mark', mark: {} })],
  ['no base64', 31924, () => bot.send({ event: 'media', media: { payload: '%%%%' } })],
  [
    'no multiple of 160 bytes',
    31924,
    () => bot.send({ event: 'media', media: { payload: Buffer.alloc(161).toString('base64') } }),
  ],
  ['a track of ours', 31924, () => bot.send({ event: 'media', media: { payload: FRAME, track: 'outbound' } })],
])('refuses %s with %i', async (_, code, send) => {
  bot.echoes = false;
  const call = twilio.ring();
  await bot.message('start');
  send(bot);
  bot.send({ event: 'mark', mark: { name: 'after' } });
  await call.waitFor('echo');
  expect(twilio.errors.map((error) => error.code)).toEqual([code]);
  expect(twilio.errors[0]).toMatchObject({ callSid: call.sid });
});

it('takes another answer than 101 for 31920 and asks action', async () => {
  bot.refuseWith = 503;
  const call = twilio.ring();
  await call.ended;
  expect(call.events).toContainEqual(expect.objectContaining({ kind: 'upgrade', status: 503, landedOn: bot.url }));
  expect(twilio.errors.map(({ code }) => code)).toEqual([31920]);
  expect(bot.asked.map(({ path }) => path)).toEqual(['/voice', '/after']);
});

it('presses keys, and a bot that closes is led on by action', async () => {
  const call = twilio.ring();
  await call.waitFor('stream-started');
  await call.press('1#', 1);
  expect(await bot.message('dtmf')).toMatchObject({ dtmf: { track: 'inbound_track', digit: '1' } });
  await bot.message('dtmf', ({ dtmf }) => (dtmf as { digit: string }).digit === '#');
  bot.sockets[0]!.close(1000);
  expect(await call.ended).toEqual({ status: 'completed', by: 'twiml' });
  expect(call.events).toContainEqual(expect.objectContaining({ kind: 'stream-stopped', by: 'bot', code: 1000 }));
  expect(bot.asked.at(-1)).toMatchObject({ path: '/after', isSigned: true });
});
