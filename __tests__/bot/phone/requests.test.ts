import { newCallSid, PhoneBot, PUBLIC_URL, streamPath, webhook } from './support/phone-bot';

let phone: PhoneBot;
beforeAll(async () => {
  phone = await PhoneBot.open({ MAX_CALLS: '50', PHONE_LIVE_CALLS_WITHHELD: '1' });
});
afterAll(() => phone.close());

const VOICE = '/phone/twilio/voice';
const call = (more: Record<string, string> = {}) => webhook(newCallSid(), phone.twilio.accountSid, more);

describe('a webhook', () => {
  it('pipecat#2157: is answered with a stream at an address of this call alone, and twice the same way out', async () => {
    const { status, text } = await phone.post(VOICE, call());
    expect(status).toBe(200);
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?><Response><Connect action="https:\/\/voice\.example\.com\/phone\/twilio\/after\?try=1&amp;state=/,
    );
    expect(text).toMatch(/<Stream url="wss:\/\/voice\.example\.com\/phone\/twilio\/media\/[\w.-]+">/);
    expect(text).toMatch(
      /<\/Connect><Redirect method="POST">https:\/\/voice\.example\.com\/phone\/twilio\/after\?try=1/,
    );
    expect(text).not.toMatch(/Pause|Start|14155550142/);
  });

  it.each(['missing', 'garbage', 'other-token', 'other-url', 'shared-key'] as const)(
    'phone 2: is refused with a signature that is %s, and counted',
    async (form) => {
      const before = await phone.metric('phone_signature_failures_total');
      const headers: Record<string, string> =
        form === 'shared-key' ? { 'X-Twilio-Webhooks-Signature-Settings': 'key=CK1,algorithm=HMAC_SHA256' } : {};
      const { status } = await phone.post(VOICE, call(), { form, headers });
      expect(status).toBe(403);
      expect(await phone.metric('phone_signature_failures_total')).toBe(before + 1);
      expect([phone.activeCalls, phone.model.sessions.length]).toEqual([0, 0]);
    },
  );

  it.each(['with-slash', 'with-port', 'second-token'] as const)(
    'phone 3: is taken with a signature %s',
    async (form) => {
      expect((await phone.post(VOICE, call(), { form })).status).toBe(200);
    },
  );

  it('phone 2: is refused when a field was added, changed or taken away', async () => {
    const fields = call();
    const signature = phone.twilio.sign(PUBLIC_URL + VOICE, fields);
    const bodies = [{ ...fields, Digits: '1' }, { ...fields, From: '+14155550143' }, { CallSid: fields.CallSid }];
    for (const body of bodies) {
      const headers = { 'X-Twilio-Signature': signature };
      const answer = await fetch(phone.url + VOICE, { method: 'POST', body: new URLSearchParams(body), headers });
      expect(answer.status).toBe(403);
    }
  });

  it('phone 5, dograh#510: is the same whatever Host and X-Forwarded-* say', async () => {
    const headers = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Port': '8080',
      Forwarded: 'host=evil.example;proto=http',
    };
    const { status, text } = await phone.post(VOICE, call(), { headers });
    expect(status).toBe(200);
    expect(text).not.toContain('evil');
  });

  it('is refused with a body of more than 16 KB, and one that is no form', async () => {
    expect((await phone.post(VOICE, call({ Padding: 'x'.repeat(17_000) }))).status).toBe(413);
    const headers = { 'Content-Type': 'application/json', 'X-Twilio-Signature': 'x' };
    expect((await fetch(phone.url + VOICE, { method: 'POST', body: '{}', headers })).status).toBe(415);
  });

  it('dograh#627: who comes back after a call gets an apology in our voice, and the end of the call', async () => {
    const fields = call({ CallStatus: 'in-progress' });
    const { text } = await phone.post('/phone/twilio/after?try=1&state=nonsense', fields);
    expect(text).toContain('<Response><Hangup/></Response>');
    const notice = await fetch(`${phone.url}/phone/notices/apology.wav`);
    expect([notice.status, notice.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(Buffer.from(await notice.arrayBuffer()).readUInt32LE(24)).toBe(8_000);
  });

  it('twilio-agent-connect-python#123: tells of calls without an effect on them', async () => {
    const status = { CallSid: `CA${'0'.repeat(32)}`, CallStatus: 'completed', SequenceNumber: '3' };
    expect((await phone.post('/phone/twilio/status', call(status))).status).toBe(204);
    expect((await phone.post('/phone/twilio/amd', call({ AnsweredBy: 'human' }))).status).toBe(204);
  });
});

describe('the health check', () => {
  it('says whether the telephone has what it needs', async () => {
    const { checks } = (await (await fetch(`${phone.url}/health`)).json()) as { checks: Record<string, unknown> };
    expect(checks['phone']).toEqual({ ok: true, missing: [] });
  });
});

describe('a stream at the door', () => {
  it.each([
    ['missing', 403],
    ['garbage', 403],
    ['other-token', 403],
    ['https', 403],
    ['plain', 101],
    ['with-slash', 101],
    ['with-port', 101],
    ['second-token', 101],
  ] as const)('phone 2, 3, twilio-aspnet#162: signed %s it is answered %d', async (form, expected) => {
    const from = `+14155550${100 + Math.floor(Math.random() * 99)}`;
    const { status, socket } = await phone.knock(await phone.offered(newCallSid(), { From: from }), { form });
    expect(status).toBe(expected);
    socket.terminate();
    await phone.until(() => phone.activeCalls === 0, 'the place is free');
  });

  it('phone 4: is refused with a token that is altered, spent, of nobody, or a way out', async () => {
    const path = await phone.offered(newCallSid());
    const altered = path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect((await phone.knock(altered)).status).toBe(403);
    expect((await phone.knock('/phone/twilio/media/x')).status).toBe(403);
    expect((await phone.knock('/phone/twilio/media/')).status).toBe(403);
    const first = await phone.knock(path);
    expect([first.status, (await phone.knock(path)).status]).toEqual([101, 409]);
    first.socket.terminate();
    await phone.until(() => phone.activeCalls === 0, 'the place is free');
  });

  it('phone 6: is sent on by a full task with 429, which no alarm on 5xx counts against a release', async () => {
    const full = await PhoneBot.open({ MAX_CALLS: '1' });
    const first = await full.knock(await full.offered(newCallSid()));
    const second = await full.knock(await full.offered(newCallSid(), { From: '+14155550179' }));
    expect([first.status, second.status]).toEqual([101, 429]);
    first.socket.terminate();
    await full.close();
  });

  it('openclaw#12340: has its token in the path, for a query is dropped on the way', async () => {
    const path = await phone.offered(newCallSid());
    expect(path).toMatch(/^\/phone\/twilio\/media\/[\w-]+\.[\w-]+$/);
    expect((await phone.knock(`${path}?x=1`)).status).toBe(403);
  });

  it('phone 18, call-gpt#61: a newer one of the same call ends the older, and one call is counted', async () => {
    const callSid = newCallSid();
    const older = await phone.knock(await phone.offered(callSid));
    await phone.until(() => phone.activeCalls === 1, 'a call');
    const closed = new Promise((resolve) => older.socket.once('close', resolve));
    const newer = await phone.knock(await phone.offered(callSid));
    expect(newer.status).toBe(101);
    expect(await closed).toBe(1000);
    await phone.until(() => phone.activeCalls === 1, 'one call');
    expect(phone.twilio.requests).toEqual([]);
    newer.socket.terminate();
    await phone.until(() => phone.activeCalls === 0, 'the place is free');
  });

  it('phone 19: the third call of a number hears the busy tone, unbilled; who withholds theirs share a limit', async () => {
    const From = '+14155550177';
    const sockets = [
      await phone.knock(await phone.offered(newCallSid(), { From })),
      await phone.knock(await phone.offered(newCallSid(), { From })),
      await phone.knock(await phone.offered(newCallSid(), { From: 'anonymous' })),
    ];
    const busy = '<Response><Reject reason="busy"/></Response>';
    for (const from of [From, '', 'anonymous', '+266696687', 'Restricted']) {
      expect((await phone.post(VOICE, call({ From: from }))).text).toContain(busy);
    }
    expect(streamPath((await phone.post(VOICE, call({ From: '+14155550178' }))).text)).toContain('/media/');
    for (const { socket } of sockets) socket.terminate();
    await phone.until(() => phone.activeCalls === 0, 'the places are free');
  });

  it('is no way round a place: what offers another protocol elsewhere is answered as usual', async () => {
    const headers = { Connection: 'Upgrade', Upgrade: 'h2c' };
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      request(`${phone.url}/health`, { headers }, (res) => resolve(res.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});

describe('phone 23: the log', () => {
  it('has no number, token or signature of all this', () => {
    const text = phone.telemetry.lines.join('\n');
    expect(text).toContain('phone call taken');
    expect(text).not.toMatch(/\+?1?4155550\d{3}/);
    expect(text).not.toContain(phone.twilio.authTokens[0]);
    expect(text).not.toMatch(/eyJ2Ijox/);
  });
});
