import twilioClient, { RequestClient } from 'twilio';
import { openTwilio, type FakeTwilio } from '../../../../testbed/fakes/twilio';
import type { FakeCall } from '../../../../testbed/fakes/twilio/types';
import { EchoBot } from './echo-bot';

const HOST = 'voice.example.com';
const ORIGIN = `https://${HOST}`;
const TOKEN = '0123456789abcdef0123456789abcdef';
const OWN = '+14155550100';
const CALLEE = '+14155550177';

let twilio: FakeTwilio;
let bot: EchoBot;

beforeAll(async () => {
  bot = await new EchoBot(TOKEN, ORIGIN).open();
});

beforeEach(async () => {
  twilio = await openTwilio({ hosts: { [HOST]: [bot.url] }, authTokens: [TOKEN] });
  twilio.numbers[0]!.voiceUrl = `${ORIGIN}/voice`;
  bot.asked.length = 0;
  bot.answers.clear();
  bot.answers.set('/voice', (response) => response.pause({ length: 60 }));
});

afterEach(() => twilio.close());
afterAll(() => bot.close());

/** Twilio's own client, whose requests end up here. */
class OnLoopback extends RequestClient {
  override request: RequestClient['request'] = (options) =>
    new RequestClient().request({ ...options, uri: options.uri.replace('https://api.twilio.com', twilio.url) });
}

function client(secret = twilio.environment['TWILIO_API_KEY_SECRET'] ?? '') {
  const key = twilio.environment['TWILIO_API_KEY_SID'] ?? '';
  return twilioClient(key, secret, { accountSid: twilio.accountSid, httpClient: new OnLoopback() });
}

async function live(): Promise<FakeCall> {
  const call = twilio.ring();
  await call.waitFor('status', { fits: ({ status }) => status === 'in-progress' });
  return call;
}

it('hangs up, and says of a call that is over that it is not there', async () => {
  const call = await live();
  expect(await client().calls(call.sid).update({ status: 'completed' })).toMatchObject({
    sid: call.sid,
    status: 'completed',
  });
  expect(await call.ended).toEqual({ status: 'completed', by: 'rest' });
  await expect(client().calls(call.sid).update({ status: 'completed' })).rejects.toMatchObject({
    status: 404,
    code: 20404,
  });
  expect((await client().calls(call.sid).fetch()).status).toBe('completed');
});

it('has a call do something else', async () => {
  const call = await live();
  await client().calls(call.sid).update({ twiml: '<Response><Hangup/></Response>' });
  expect(await call.ended).toEqual({ status: 'completed', by: 'twiml' });
});

it('takes an API key, and the account with its auth token, and nothing else', async () => {
  await expect(client('wrong').api.accounts(twilio.accountSid).fetch()).rejects.toMatchObject({
    status: 401,
    code: 20003,
  });
  const account = twilioClient(twilio.accountSid, TOKEN, { httpClient: new OnLoopback() });
  expect(await account.api.accounts(twilio.accountSid).fetch()).toMatchObject({ status: 'active' });
});

it.each([
  ['a number that is none', { to: '12', from: OWN, twiml: '<Response/>' }, 21211],
  ['a number of somebody else', { to: CALLEE, from: '+14155550199', twiml: '<Response/>' }, 21210],
  ['TwiML that is none', { to: CALLEE, from: OWN, twiml: '<Response>' }, 20001],
])('does not dial %s', async (_, options, code) => {
  await expect(client().calls.create(options)).rejects.toMatchObject({ status: 400, code });
  expect(twilio.calls).toEqual([]);
});

it('dials, and tells how it goes in order', async () => {
  twilio.callee(CALLEE, { kind: 'answers', onAnswered: (leg) => leg.hangUp() });
  const { sid } = await client().calls.create({
    to: CALLEE,
    from: OWN,
    url: `${ORIGIN}/voice`,
    statusCallback: `${ORIGIN}/status`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  });
  const call = await twilio.waitForCall((one) => one.sid === sid);
  await call.ended;
  const told = bot.asked
    .filter(({ path }) => path === '/status')
    .toSorted((a, b) => Number(a.form['SequenceNumber']) - Number(b.form['SequenceNumber']));
  expect(told.map(({ form }) => form['CallStatus'])).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
});

it.each(['busy', 'no-answer', 'failed'] as const)('dials somebody who is %s', async (kind) => {
  twilio.callee(CALLEE, { kind, afterMs: 0 });
  const { sid } = await client().calls.create({ to: CALLEE, from: OWN, url: `${ORIGIN}/voice` });
  const call = await twilio.waitForCall((one) => one.sid === sid);
  expect((await call.ended).status).toBe(kind);
  expect(bot.asked).toEqual([]);
});

it('detects a machine beside the call, or before it', async () => {
  twilio.callee(CALLEE, { kind: 'answers', answeredBy: 'machine_end_beep', verdictAfterMs: 1 });
  const base = { to: CALLEE, from: OWN, url: `${ORIGIN}/voice` };
  const amd = { machineDetection: 'DetectMessageEnd', asyncAmd: 'true', asyncAmdStatusCallback: `${ORIGIN}/amd` };
  const beside = await client().calls.create({ ...base, ...amd });
  const call = await twilio.waitForCall(({ sid }) => sid === beside.sid);
  await call.waitFor('callback', { fits: ({ about }) => about === 'amd' });
  expect(bot.asked.find(({ path }) => path === '/amd')).toMatchObject({
    form: { AnsweredBy: 'machine_end_beep', CallSid: call.sid },
  });
  const before = await client().calls.create({ ...base, machineDetection: 'Enable' });
  const second = await twilio.waitForCall(({ sid }) => sid === before.sid);
  await second.waitFor('twiml');
  expect(bot.asked.at(-1)).toMatchObject({ path: '/voice', form: { AnsweredBy: 'machine_start' } });
});

it('shows and changes what becomes of calls to a number', async () => {
  const [number] = await client().incomingPhoneNumbers.list({ phoneNumber: OWN });
  expect(number).toMatchObject({ phoneNumber: OWN, voiceUrl: `${ORIGIN}/voice` });
  await client()
    .incomingPhoneNumbers(number!.sid)
    .update({ voiceUrl: 'https://other.example.com/voice', statusCallback: 'https://other.example.com/status' });
  expect(twilio.numbers[0]).toMatchObject({
    voiceUrl: 'https://other.example.com/voice',
    statusCallback: 'https://other.example.com/status',
  });
  await expect(client().incomingPhoneNumbers(number!.sid).update({ voiceUrl: 'nonsense' })).rejects.toMatchObject({
    code: 21502,
  });
});

it('dials a colleague into a conference, and puts them out', async () => {
  bot.answers.set('/voice', (response) => void response.dial({}).conference({ endConferenceOnExit: true }, 'room'));
  twilio.callee(CALLEE, { kind: 'answers' });
  const call = twilio.ring();
  await call.waitFor('conference');
  const [conference] = await client().conferences.list({ friendlyName: 'room' });
  const participant = await client()
    .conferences(conference!.sid)
    .participants.create({ from: OWN, to: CALLEE, label: 'colleague' });
  const leg = await twilio.waitForCall(({ sid }) => sid === participant.callSid);
  await leg.waitFor('conference');
  expect(await client().conferences(conference!.sid).participants.list()).toHaveLength(2);
  await client().conferences(conference!.sid).participants('colleague').remove();
  expect(await leg.ended).toMatchObject({ status: 'completed' });
  call.hangUp();
  await call.ended;
});

it('fails on purpose: an error, a lost answer, a reset', async () => {
  twilio.failRest({ status: 500, count: 1 });
  twilio.failRest({ status: 200, losesAnswer: true, count: 1 });
  const call = await live();
  const hangUp = () => client().calls(call.sid).update({ status: 'completed' });
  await expect(hangUp()).rejects.toMatchObject({ status: 500 });
  await expect(hangUp()).rejects.toThrow();
  expect(await call.ended).toMatchObject({ by: 'rest' });
  expect(twilio.requests.map(({ status }) => status)).toEqual([500, 200]);
});
