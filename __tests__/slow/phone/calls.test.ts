import { collect, endCall, transfer } from '../../../contract/agent';
import { PhoneBot } from '../../bot/phone/support/phone-bot';

const DESK = '+14155550188';
const TOOLS = {
  end_call: endCall(),
  person: transfer({ to: { desk: { when: 'Anybody asks.' }, doctor: { when: 'They are ill.', isWarm: true } } }),
  pin: collect({ asks: 'your PIN', value: 'digits', length: 4, isSecret: true }),
};

let phone: PhoneBot;
beforeEach(async () => {
  phone = await PhoneBot.open(
    { TRANSFER_DESTINATIONS: `desk=tel:${DESK},doctor=tel:${DESK}`, MAX_CALLS: '2' },
    { tools: TOOLS },
  );
});
afterEach(() => phone.close());

const session = () => phone.session;
const greeted = () => phone.greeted();
const use = (name: string, args: object = {}) => phone.use(name, args);
const free = () => phone.until(() => phone.activeCalls === 0, 'the place is free');
const ended = (reason: string) => phone.ended(reason);

describe('the end of a call', () => {
  it('phone 12, pipecat#1461: the goodbye is heard to its last word, and then the bot hangs up', async () => {
    const call = await greeted();
    await use('end_call');
    session().speak('Goodbye, and thank you.', 600);
    expect(await call.ended).toMatchObject({ by: 'rest' });
    const echoes = call.events.filter((event) => event.kind === 'echo');
    expect(echoes.every((event) => event.wasPlayed)).toBe(true);
    const lastMark = call.events.findLast((event) => event.kind === 'mark');
    expect(echoes.at(-1)?.name).toBe(lastMark?.name);
    await ended('agent-ended');
    await free();
    expect(phone.twilio.errors).toEqual([]);
  });

  it('phone 12: where REST fails twice the stream is closed, and Twilio is told to hang up', async () => {
    const call = await greeted();
    phone.twilio.failRest({ status: 500, code: 20_500 });
    await use('end_call');
    session().speak('Goodbye.', 100);
    expect(await call.ended).toMatchObject({ by: 'twiml' });
    expect(phone.twilio.requests.map(({ status }) => status)).toEqual([500, 500]);
    const after = call.events.findLast((event) => event.kind === 'twiml');
    expect(after?.twiml).toContain('<Response><Hangup/></Response>');
  });

  it('phone 13: a caller who hangs up first is not hung up on, and nothing is an error', async () => {
    const call = await greeted();
    call.hangUp();
    await ended('caller-left');
    await free();
    expect(phone.twilio.requests).toEqual([]);
    expect(phone.telemetry.logged().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  it('pipecat#3179: a caller who hangs up in the middle of the goodbye ends the call once, and leaves nothing behind', async () => {
    const call = await greeted();
    await use('end_call');
    const before = call.stream?.framesTaken ?? 0;
    session().speak('Goodbye, and thank you for calling.', 3_000);
    await phone.until(() => (call.stream?.framesTaken ?? 0) > before + 20, 'the goodbye is being heard');
    call.hangUp();
    await free();
    expect(phone.telemetry.logged().filter(({ msg }) => msg === 'call ended')).toHaveLength(1);
    expect([session().closes, phone.twilio.requests, phone.twilio.errors]).toEqual([1, [], []]);
  });

  it('phone 22: a model that is lost is apologised for in a recorded voice', async () => {
    const call = await greeted();
    session().fail();
    expect(await call.ended).toMatchObject({ by: 'rest' });
    await ended('model-failed');
    // The recording lasts some seconds.
    expect(call.stream?.framesTaken).toBeGreaterThan(100);
  });

  it('phone 7: a task that drains offers no place, and the call that is there goes on', async () => {
    const call = await greeted();
    const draining = phone.bot.calls.drain(60_000);
    const refused = phone.twilio.ring({ from: '+14155550143' });
    expect(await refused.ended).toMatchObject({ by: 'twiml' });
    const upgrades = refused.events.filter((event) => event.kind === 'upgrade').map(({ status }) => status);
    expect(upgrades).toHaveLength(10);
    expect(upgrades.every((status) => status === 429 || status === 503)).toBe(true);
    expect(refused.events.some(({ kind }) => kind === 'played')).toBe(true);
    expect(call.status).toBe('in-progress');
    call.hangUp();
    await draining;
  });
});

describe('a transfer', () => {
  const announced = async (to: string, summary?: string): Promise<void> => {
    expect((await use('person', { to, ...(summary === undefined ? {} : { summary }) }))['next']).toContain(
      'connect them',
    );
    session().speak('I connect you now.', 100);
  };

  it('phone 14: the caller is given to whom they want, and `stop` brings no hang-up', async () => {
    phone.twilio.callee(DESK, { kind: 'answers' });
    const call = await greeted();
    await announced('desk');
    await call.waitFor('verb', { fits: ({ verb }) => verb === 'dial' });
    const colleague = await phone.twilio.waitForCall(({ to }) => to === DESK);
    await phone.until(() => colleague.status === 'in-progress', 'an answer');
    await ended('transferred');
    await free();
    expect(call.status).toBe('in-progress');
    call.hangUp();
    expect(phone.twilio.errors).toEqual([]);
  });

  it('phone 14, livekit/agents#3187: whom nobody takes is back with the bot, which knows why', async () => {
    phone.twilio.callee(DESK, { kind: 'busy' });
    const call = await greeted();
    await announced('desk');
    await phone.until(() => phone.model.sessions.length === 2, 'the caller is back');
    await phone.until(() => session().texts.length === 1, 'what the model is told');
    expect(session().texts[0]).toContain('to be connected with "desk"');
    expect(session().texts[0]).toContain('the line there is busy');
    session().speak('The line is busy.', 100);
    const again = call.events.findLast(({ kind }) => kind === 'stream-started');
    await call.waitFor('audio', { after: again ?? 0 });
    call.hangUp();
    await free();
  });

  it('phone 14: a name that was spoken and is none of ours connects nobody', async () => {
    const call = await greeted();
    expect((await use('person', { to: '+19005550100' }))['error']).toContain('to: ');
    expect((await use('person', { to: 'doctor' }))['error']).toContain('summary');
    expect(phone.twilio.requests).toEqual([]);
    call.hangUp();
  });

  it('phone 14: warm, the person hears what it is about, and then meets the caller', async () => {
    phone.twilio.callee(DESK, { kind: 'answers' });
    const call = await greeted();
    await announced('doctor', 'Ana has a fever & wants advice.');
    const colleague = await phone.twilio.waitForCall(({ to }) => to === DESK);
    expect(await colleague.waitFor('said')).toMatchObject({ text: 'Ana has a fever & wants advice.' });
    await colleague.waitFor('conference');
    expect(call.events.some(({ kind }) => kind === 'conference')).toBe(false);
    await call.waitFor('conference');
    await ended('transferred');
    expect([call.status, colleague.status]).toEqual(['in-progress', 'in-progress']);
    call.hangUp();
  });

  it('phone 14: warm, where nobody answers the caller has never left', async () => {
    phone.twilio.callee(DESK, { kind: 'busy' });
    const call = await greeted();
    await announced('doctor', 'Ana has a fever.');
    await phone.until(() => session().texts.length === 2, 'the outcome');
    expect(session().texts[1]).toContain('not connected: the line there is busy');
    expect([phone.model.sessions.length, call.streams.length]).toEqual([1, 1]);
    call.hangUp();
    await free();
  });
});

describe('keys', () => {
  it('phone 15, VoiceBlender#104: are told the model as text, and secret ones to nobody but tools', async () => {
    const call = await greeted();
    await call.press('12#', 10);
    await phone.until(() => session().texts.length === 2, 'the keys');
    expect(session().texts[1]).toBe('The caller pressed these keys of the telephone: 1 2 #');
    await use('pin');
    await call.press('8642#', 10);
    await phone.until(() => session().texts.length === 3, 'the PIN');
    expect(session().texts[2]).toContain('pressed your PIN');
    call.hangUp();
    await free();
    const seen = JSON.stringify([session().texts, session().contexts, session().toolResults, phone.telemetry.lines]);
    expect(seen).not.toMatch(/8642|8 6 4 2|"digit"/);
    expect(await (await fetch(`${phone.url}/metrics`)).text()).not.toContain('8642');
  });
});
