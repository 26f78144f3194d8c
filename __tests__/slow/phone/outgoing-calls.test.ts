import { PhoneBot } from '../../bot/phone/support/phone-bot';

const KEY = 'a-key-for-calls-out';
const CALLEE = '+14155550177';
const OUTBOUND = {
  PHONE_CALLS_KEY: KEY,
  PHONE_CALLS_PREFIXES: '+1415',
  PHONE_CALLS_FROM: '+14155550100',
  PHONE_CALLS_PER_NUMBER_PER_DAY: '2',
  PHONE_CALLS_AT_ONCE: '2',
  PHONE_CALLS_RING_SECONDS: '5',
};

describe('POST /phone/calls', () => {
  let phone: PhoneBot;
  beforeEach(async () => {
    phone = await PhoneBot.open(OUTBOUND);
    phone.twilio.callee(CALLEE, { kind: 'answers' });
  });
  afterEach(() => phone.close());

  const post = async (body: object, headers: Record<string, string> = { Authorization: `Bearer ${KEY}` }) => {
    const answer = await fetch(`${phone.url}/phone/calls`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('phone 20: is for its key alone, and calls numbers that are allowed, from ours', async () => {
    expect((await post({ to: CALLEE }, {})).status).toBe(401);
    expect((await post({ to: CALLEE }, { 'X-Api-Key': 'another-key-of-16' })).status).toBe(401);
    expect(await post({ to: '+442079460000' })).toMatchObject({ status: 400, body: { code: 'destination_refused' } });
    expect(await post({ to: CALLEE, from: '+14155550199' })).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
    expect(await post({ to: CALLEE, agent: 'nobody' })).toMatchObject({ status: 400 });
    expect(await post({ to: CALLEE, variables: { x: 'y'.repeat(700) } })).toMatchObject({ status: 400 });
    expect(await post({ to: CALLEE, more: 1 })).toMatchObject({ status: 400 });
    expect(phone.twilio.requests).toEqual([]);
  });

  it('phone 20: the bot greets whoever answers, once told that it is a person', async () => {
    const { status, body } = await post({ to: CALLEE });
    expect([status, Object.keys(body)]).toEqual([201, ['callSid', 'status']]);
    const call = await phone.twilio.waitForCall(({ sid }) => sid === body['callSid']);
    await call.waitFor('stream-started');
    await phone.until(() => phone.model.sessions[0]?.texts.length === 1, 'a greeting');
    expect(phone.model.only.texts[0]).toMatch(/greet/i);
    phone.model.only.speak('Hello, this is the bot.', 200);
    await call.waitFor('audio');
    expect(call.events.findIndex(({ kind }) => kind === 'audio')).toBeGreaterThan(
      call.events.findIndex((event) => event.kind === 'status' && event.status === 'in-progress'),
    );
    call.hangUp();
    await phone.until(() => phone.activeCalls === 0, 'the place is free');
    expect(phone.twilio.errors).toEqual([]);
  });

  it('phone 20, livekit/agents#6125: a machine is hung up on, and hears nothing', async () => {
    phone.twilio.callee(CALLEE, { kind: 'answers', answeredBy: 'machine_start', verdictAfterMs: 300 });
    const { body } = await post({ to: CALLEE });
    const call = await phone.twilio.waitForCall(({ sid }) => sid === body['callSid']);
    expect(await call.ended).toMatchObject({ by: 'rest' });
    await phone.until(() => phone.activeCalls === 0, 'the place is free');
    expect(call.events.filter(({ kind }) => kind === 'audio')).toEqual([]);
    expect(phone.telemetry.logged()).toContainEqual(
      expect.objectContaining({ msg: 'call ended', reason: 'voicemail' }),
    );
  });

  it('phone 20: a machine that is noticed late, or by the model, is hung up on', async () => {
    phone.twilio.callee(CALLEE, { kind: 'answers', answeredBy: 'machine_start', verdictAfterMs: 20_000 });
    const { body } = await post({ to: CALLEE });
    const call = await phone.twilio.waitForCall(({ sid }) => sid === body['callSid']);
    await phone.until(() => phone.model.sessions[0]?.texts.length === 1, 'a greeting');
    const session = phone.model.only;
    expect(session.options.tools.map(({ name }) => name)).toContain('voicemail_reached');
    session.events.onToolUse({ toolUseId: '1', name: 'voicemail_reached', argumentsJson: '{}' });
    expect(await call.ended).toMatchObject({ by: 'rest' });
  });

  it('phone 20: a machine that takes a message is left one after its tone, and nothing before', async () => {
    await phone.close();
    phone = await PhoneBot.open({ ...OUTBOUND, PHONE_CALLS_ON_MACHINE: 'message' });
    phone.twilio.callee(CALLEE, { kind: 'answers', answeredBy: 'machine_end_beep', verdictAfterMs: 600 });
    const { body } = await post({ to: CALLEE });
    const call = await phone.twilio.waitForCall(({ sid }) => sid === body['callSid']);
    await phone.until(() => phone.model.sessions[0]?.texts.length === 1, 'what the model is told');
    expect(phone.model.only.texts[0]).toContain('Leave a message');
    phone.model.only.speak('This is the clinic. Please call back.', 300);
    expect(await call.ended).toMatchObject({ by: 'rest' });
    const told = call.events.findIndex((event) => event.kind === 'callback' && event.about === 'amd');
    expect(call.events.findIndex(({ kind }) => kind === 'audio')).toBeGreaterThan(told);
  });

  it.each(['busy', 'no-answer', 'failed'] as const)('phone 20: %s is told, and costs no model', async (kind) => {
    phone.twilio.callee(CALLEE, { kind });
    await post({ to: CALLEE });
    await phone.until(async () => (await phone.metric('phone_call_changes_total')) > 0, 'word of the end');
    await phone.until(
      () => phone.telemetry.logged().some(({ msg, status }) => msg === 'phone call changed' && status === kind),
      kind,
    );
    expect([phone.model.sessions.length, phone.activeCalls]).toEqual([0, 0]);
  });

  it('phone 20: the same key calls once, another request with it not at all, and a number has its limit', async () => {
    phone.twilio.callee(CALLEE, { kind: 'busy' });
    const headers = { Authorization: `Bearer ${KEY}`, 'Idempotency-Key': 'order-4711' };
    const first = await post({ to: CALLEE }, headers);
    expect(await post({ to: CALLEE }, headers)).toEqual(first);
    expect(await post({ to: '+14155550178' }, headers)).toMatchObject({
      status: 409,
      body: { code: 'request_conflict' },
    });
    expect((await post({ to: CALLEE })).status).toBe(201);
    expect(await post({ to: CALLEE })).toMatchObject({ status: 429, body: { code: 'caller_limit_reached' } });
    expect(phone.twilio.requests.filter(({ path }) => path.endsWith('/Calls.json'))).toHaveLength(2);
  });

  it('phone 20: a number that Twilio refuses is told, and counts for nothing', async () => {
    phone.twilio.failRest({ status: 400, code: 21_211, count: 1 });
    expect(await post({ to: CALLEE })).toMatchObject({ status: 502, body: { code: 'carrier_refused' } });
    phone.twilio.failRest({ status: 500, code: 20_500, count: 1 });
    expect(await post({ to: CALLEE })).toMatchObject({ status: 502, body: { code: 'carrier_unavailable' } });
  });

  it('phone 23: has no number and no data of the call in the log', async () => {
    await post({ to: CALLEE });
    await phone.twilio.waitForCall();
    const text = phone.telemetry.lines.join('\n');
    expect(text).not.toContain(CALLEE.slice(1));
    expect(text).not.toContain(KEY);
  });
});
