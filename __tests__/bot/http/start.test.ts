import { FakeCalls, GOOD_SDP } from '../../support/fake-call-service';
import { startTestServer, type TestServer } from '../../support/http';

const UUID = /^[0-9a-f-]{36}$/;
let server: TestServer;
afterEach(() => server.close());

describe('POST /start', () => {
  it('reserves a call and names its session', async () => {
    server = await startTestServer();
    const answer = await server.request('POST', '/start', { json: {} });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json)).toEqual(['sessionId', 'language']);
    expect(answer.json['sessionId']).toMatch(UUID);
    expect(server.calls.status.activeCalls).toBe(1);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('takes what Pipecat clients send, and needs no body at all', async () => {
    server = await startTestServer();
    const bodies = [
      { transport: 'webrtc', enableDefaultIceServers: true, body: { any: ['thing'] } },
      { transport: null, createDailyRoom: false, dailyRoomProperties: { start_video_off: true } },
      { unknown: { keys: 'are fine' }, warmInstances: 3 },
    ];
    for (const json of bodies) expect((await server.request('POST', '/start', { json })).status).toBe(200);
    expect((await server.request('POST', '/start')).status).toBe(200);
    expect((await server.request('POST', '/start?x=1', { json: {} })).status).toBe(200);
  });

  it('tells the client the ICE servers, unless it wants none', async () => {
    const iceServers = [{ urls: ['turn:127.0.0.1:3478'], username: 'u', credential: 'c' }];
    server = await startTestServer({ env: { ICE_SERVERS: JSON.stringify(iceServers) } });
    expect((await server.request('POST', '/start', { json: {} })).json['iceConfig']).toEqual({ iceServers });
    const without = await server.request('POST', '/start', { json: { enableDefaultIceServers: false } });
    expect(without.json).not.toHaveProperty('iceConfig');
  });

  it.each([
    ['{"transport": 5}', 'transport: '],
    ['{"enableDefaultIceServers": "yes"}', 'enableDefaultIceServers: '],
    ['[]', 'body: '],
    ['{"transport"', 'not a JSON object'],
    ['"text"', 'not a JSON object'],
    ['{"transport": "daily"}', 'this bot serves webrtc'],
    ['{"createDailyRoom": true}', 'this bot serves webrtc'],
    ['{"transport": "twilio"}', 'this bot serves webrtc'],
  ])('refuses %s with 400 and says why in a string', async (body, why) => {
    server = await startTestServer();
    const answer = await server.request('POST', '/start', { body, headers: { 'Content-Type': 'application/json' } });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 'bad_request', detail: expect.stringContaining(why) as string });
    expect(server.calls.status.activeCalls).toBe(0);
  });

  it('refuses with 503 and Retry-After when full, and when shutting down', async () => {
    server = await startTestServer({ calls: new FakeCalls(1) });
    await server.request('POST', '/start');
    const full = await server.request('POST', '/start');
    expect([full.status, full.json['code'], full.headers.get('retry-after')]).toEqual([503, 'at_capacity', '10']);
    const drained = server.calls.drain(50);
    const draining = await server.request('POST', '/start');
    expect([draining.status, draining.json['code'], draining.headers.get('retry-after')]).toEqual([
      503,
      'draining',
      '5',
    ]);
    await drained;
  });

  it('counts what it refuses before the call service is asked, and leaves the rest to that one', async () => {
    server = await startTestServer({ calls: new FakeCalls(0) });
    await server.request('POST', '/start');
    await server.request('POST', '/start', { json: { transport: 'twilio' } });
    const metrics = (await server.request('GET', '/metrics')).text;
    expect(metrics).toContain('voice_agent_calls_refused_total{code="bad_request"} 1');
    expect(metrics).not.toContain('code="at_capacity"');
    const refusals = server.telemetry.logged().filter(({ msg }) => msg === 'call refused');
    expect(refusals).toEqual([
      expect.objectContaining({ code: 'bad_request', requestId: expect.any(String) as string }),
    ]);
  });
});

describe('POST /connect', () => {
  it('names the address for the offer, because a client derives none from this path', async () => {
    server = await startTestServer({ env: { ALLOWED_ORIGINS: 'https://app.example' } });
    const own = await server.request('POST', '/connect', { json: {} });
    const { sessionId, webrtcRequestParams } = own.json as {
      sessionId: string;
      webrtcRequestParams: { endpoint: string };
    };
    expect(webrtcRequestParams).toEqual({ endpoint: `/sessions/${sessionId}/api/offer` });
    const offered = await server.request('POST', webrtcRequestParams.endpoint, {
      json: { sdp: GOOD_SDP, type: 'offer' },
    });
    expect(offered.status).toBe(200);
  });

  it('gives a page of another origin the whole address, for a path would lead back to that page', async () => {
    server = await startTestServer({ env: { ALLOWED_ORIGINS: 'https://app.example' } });
    const foreign = await server.request('POST', '/connect', { json: {}, headers: { Origin: 'https://app.example' } });
    expect(foreign.json['webrtcRequestParams']).toEqual({
      endpoint: `${server.url}/sessions/${String(foreign.json['sessionId'])}/api/offer`,
    });
  });
});

it('a page without an origin of its own gets the whole address, too', async () => {
  server = await startTestServer({ env: { ALLOWED_ORIGINS: '*' } });
  for (const origin of ['null', 'nonsense']) {
    const answer = await server.request('POST', '/connect', { json: {}, headers: { Origin: origin } });
    const { endpoint } = answer.json['webrtcRequestParams'] as { endpoint: string };
    expect(endpoint).toMatch(new RegExp(`^${server.url}/sessions/`));
  }
});

describe('a transport that cannot be', () => {
  it('refuses starts and offers with the reason, and stays healthy', async () => {
    server = await startTestServer({ env: { TRANSPORT: 'daily' } });
    const start = await server.request('POST', '/start', { json: {} });
    expect([start.status, start.json['code']]).toEqual([503, 'transport_unavailable']);
    expect(start.json['detail']).toMatch(/DAILY_API_KEY is not set/);
    const offer = await server.request('POST', '/api/offer', { json: { sdp: GOOD_SDP, type: 'offer' } });
    expect([offer.status, offer.json['code']]).toEqual([503, 'transport_unavailable']);
    const ready = await server.request('GET', '/ready');
    expect([ready.status, ready.json['reason']]).toEqual([503, 'not_configured']);
    expect((await server.request('GET', '/health')).status).toBe(200);
  });
});
