import { request } from 'node:http';
import type { StartedCall } from '../../../bot/call/calls';
import type { RoomsHealth } from '../../../bot/transport/rooms';
import { FakeCalls } from '../../support/fake-call-service';
import { startTestServer, type TestServer } from '../../support/http';

const ROOM = 'https://team.daily.co/va-1';
const ADMIN_API_KEY = 'the-admin-key-of-this-test';
const PERSON = {
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-User': '?1',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/147.0.0.0 Safari/537.36',
};

/** Calls in rooms, without rooms. */
class RoomCalls extends FakeCalls {
  rooms: RoomsHealth = { ok: true, detail: 'ready' };
  deep: RoomsHealth = { ok: true, detail: 'ready, and Daily takes the key' };
  started = 0;

  override get status() {
    return { ...super.status, rooms: this.rooms };
  }

  override async start(): Promise<StartedCall> {
    this.started += 1;
    return { ...(await super.start()), entrance: { url: ROOM, token: 'the.caller.token' } };
  }

  override deepCheck(): Promise<RoomsHealth> {
    return Promise.resolve(this.deep);
  }
}

describe('with Daily', () => {
  let server: TestServer;
  let calls: RoomCalls;

  async function serve(env: NodeJS.ProcessEnv = {}): Promise<void> {
    calls = new RoomCalls();
    server = await startTestServer({
      calls,
      takesOffers: false,
      env: { TRANSPORT: 'daily', DAILY_API_KEY: 'daily-key', BROWSER_REDIRECT: 'true', ...env },
    });
  }

  /** Node's fetch() says of itself that it is a script, which is the point here. */
  function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
    return new Promise((resolve, reject) => {
      const req = request(`${server.url}${path}`, { method, headers }, (res) => {
        let body = '';
        res.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        res.on('end', () => {
          const given = Object.entries(res.headers).map(([name, value]) => [name, String(value)] as [string, string]);
          resolve(new Response(body === '' ? null : body, { status: res.statusCode ?? 0, headers: given }));
        });
      });
      req.on('error', reject).end();
    });
  }

  afterEach(() => server.close());

  it('/start names the room and the token as Pipecat clients want them, /connect by their older names, too', async () => {
    await serve();
    const begun = await server.request('POST', '/start', { json: {} });
    expect(begun.json).toEqual({
      sessionId: expect.any(String) as string,
      language: 'en-US',
      dailyRoom: ROOM,
      dailyToken: 'the.caller.token',
    });
    await server.close();
    await serve({ DAILY_BUNDLE_URL: 'https://cdn.example/daily/' });
    const elsewhere = await server.request('POST', '/start', { json: {} });
    expect(elsewhere.json).toMatchObject({ dailyBundleUrl: 'https://cdn.example/daily' });
    const older = await server.request('POST', '/connect', { json: {} });
    expect(older.json).toMatchObject({ room_url: ROOM, token: 'the.caller.token' });
    const wrong = await server.request('POST', '/start', { json: { transport: 'webrtc' } });
    expect([wrong.status, wrong.json['code']]).toEqual([400, 'bad_request']);
  });

  it("lets the page load Daily's call machine, by https and from where it is configured, and nothing else", async () => {
    await serve({ DAILY_BUNDLE_URL: 'http://127.0.0.1:9/daily' });
    const csp = (await get('/health')).headers.get('content-security-policy') ?? '';
    const lists = csp.split(';').map((one) => one.split(' '));
    const sources: Partial<Record<string, string[]>> = {};
    for (const [name = '', ...list] of lists) sources[name] = list;
    expect(sources['script-src']).toEqual([
      "'self'",
      'https://*.daily.co',
      'https://*.dailywebrtc.com',
      'https://*.dailywebrtc.net',
      'https://*.pluot.blue',
      'http://127.0.0.1:9',
      'blob:',
    ]);
    expect(sources['connect-src']).toEqual(expect.arrayContaining(['wss://*.daily.co', 'ws://127.0.0.1:9']));
    expect(sources['worker-src']).toEqual(["'self'", 'blob:']);
    expect(sources['default-src']).toEqual(["'self'"]);
    expect(csp).not.toMatch(/unsafe|\*[ ;]/);
  });

  it('a browser that somebody navigates with is led into a room of its own', async () => {
    await serve();
    const answer = await get('/', PERSON);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${ROOM}?t=the.caller.token`]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a search engine', { ...PERSON, 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1) Chrome/147' }],
    ['a chat that previews the link', { ...PERSON, 'User-Agent': 'Slackbot-LinkExpanding 1.0' }],
    ['another chat', { ...PERSON, 'User-Agent': 'WhatsApp/2.23' }],
    ['a browser that fetches ahead', { ...PERSON, 'Sec-Purpose': 'prefetch;prerender' }],
    ['a picture on another page', { ...PERSON, 'Sec-Fetch-Dest': 'image', 'Sec-Fetch-Mode': 'no-cors' }],
    ['a frame in another page', { ...PERSON, 'Sec-Fetch-Dest': 'iframe' }],
    ['P9: a page that leads here by a script, without a click', { ...PERSON, 'Sec-Fetch-User': '' }],
    ['a program', { 'User-Agent': 'curl/8.5.0' }],
    ['whoever says nothing', {}],
  ])('%s starts no call and finds a button', async (_who, headers) => {
    await serve();
    const answer = await get('/', headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-robots-tag')).toContain('noindex');
    expect(await answer.text()).toContain('<form method="post"');
    expect((await get('/', PERSON, 'HEAD')).status).toBe(200);
    expect(calls.started).toBe(0);
    expect(await (await get('/robots.txt')).text()).toContain('Disallow: /');
  });

  it('the button starts one', async () => {
    await serve();
    const answer = await get('/', {}, 'POST');
    expect([answer.status, calls.started]).toEqual([303, 1]);
  });

  it('the limits of /start hold for both', async () => {
    await serve({ START_RATE_PER_MINUTE: '2' });
    expect((await get('/', PERSON)).status).toBe(303);
    expect((await get('/', {}, 'POST')).status).toBe(303);
    expect((await get('/', PERSON)).status).toBe(429);
    await server.close();
    await serve({ START_API_KEY: 'a-start-key-of-16-characters' });
    expect((await get('/', PERSON)).status).toBe(401);
    expect((await get('/', {}, 'POST')).status).toBe(401);
    expect(calls.started).toBe(0);
  });

  it('without BROWSER_REDIRECT looking starts nothing', async () => {
    await serve({ BROWSER_REDIRECT: 'false' });
    expect((await get('/', PERSON)).status).toBe(404);
    expect(calls.started).toBe(0);
  });

  it('there is nothing to offer, and no connection to add candidates to', async () => {
    await serve();
    const offer = { sdp: 'v=0', type: 'offer' };
    const candidates = { pc_id: 'pc-1', candidates: [] };
    for (const path of ['/api/offer', '/sessions/some-session/api/offer']) {
      expect((await server.request('POST', path, { json: offer })).json).toMatchObject({
        status: 404,
        code: 'session_unknown',
        detail: 'Calls are taken in rooms here; there is nothing to offer.',
      });
      expect((await server.request('PATCH', path, { json: candidates })).json).toMatchObject({
        status: 404,
        code: 'peer_unknown',
        detail: 'Calls are taken in rooms here; there is no such peer connection.',
      });
    }
  });

  it('/health says in words whether rooms can be had, and does not fail for it; /ready does', async () => {
    await serve();
    const daily = async (): Promise<unknown> =>
      ((await server.request('GET', '/health')).json['checks'] as Record<string, unknown>)['dailyHelper'];
    expect(await daily()).toEqual({ ok: true, detail: 'ready' });
    expect((await get('/ready')).status).toBe(200);
    calls.rooms = { ok: false, detail: 'restarting the browser' };
    expect(await daily()).toEqual({ ok: false, detail: 'restarting the browser' });
    expect((await get('/health')).status).toBe(200);
    expect((await server.request('GET', '/ready')).json).toMatchObject({ ready: false, reason: 'no_rooms' });
    calls.rooms = { ok: true, detail: 'ready', busy: 'processors are 97 % busy' };
    expect((await server.request('GET', '/ready')).json).toMatchObject({ ready: false, reason: 'busy' });
  });

  it('the deep check asks Daily, for operators only', async () => {
    await serve({ ADMIN_API_KEY });
    const key = { Authorization: `Bearer ${ADMIN_API_KEY}` };
    expect((await get('/ready?deep=1')).status).toBe(401);
    expect((await get('/ready?deep=1', key)).status).toBe(200);
    calls.deep = { ok: false, detail: 'The Daily API key is refused' };
    const refused = await server.request('GET', '/ready?deep=1', { headers: key });
    expect([refused.status, refused.json]).toMatchObject([503, { detail: 'The Daily API key is refused' }]);
    expect((await get('/ready')).status).toBe(200);
  });
});
