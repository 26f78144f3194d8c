import { startTestServer, type TestServer } from '../../support/http';

const START_KEY = 'start-key-0123456789';
const ADMIN_KEY = 'admin-key-0123456789';
const keys = { START_API_KEY: START_KEY, ADMIN_API_KEY: ADMIN_KEY };
let server: TestServer;
afterEach(() => server.close());

describe('the start key', () => {
  it.each([
    { Authorization: `Bearer ${START_KEY}` },
    { authorization: `bearer   ${START_KEY} ` },
    { 'X-Api-Key': START_KEY },
    { 'X-Api-Key': START_KEY, Authorization: 'Basic eDp5' },
  ])('opens /start when shown as %o', async (headers) => {
    server = await startTestServer({ env: keys });
    expect((await server.request('POST', '/start', { json: {}, headers })).status).toBe(200);
    expect((await server.request('POST', '/connect', { json: {}, headers })).status).toBe(200);
  });

  it.each([
    [{}, 'A key is needed'],
    [{ Authorization: START_KEY }, 'A key is needed'],
    [{ Authorization: 'Bearer ' }, 'A key is needed'],
    [{ Authorization: `Bearer ${START_KEY}x` }, 'not right'],
    [{ 'X-Api-Key': START_KEY.slice(0, -1) }, 'not right'],
    [{ 'X-Api-Key': ADMIN_KEY }, 'not right'],
  ])('is refused as %o', async (headers: Record<string, string>, why) => {
    server = await startTestServer({ env: keys });
    const answer = await server.request('POST', '/start', { json: {}, headers });
    expect([answer.status, answer.json['code']]).toEqual([401, 'unauthorized']);
    expect(answer.json['detail']).toContain(why);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(server.calls.status.activeCalls).toBe(0);
  });

  it('is asked for before the body is read', async () => {
    server = await startTestServer({ env: keys });
    expect((await server.request('POST', '/start', { body: '{{{' })).status).toBe(401);
  });

  it('never appears in a log, right or wrong', async () => {
    server = await startTestServer({ env: keys, logLevel: 'trace' });
    for (const key of [START_KEY, 'a-wrong-key-98765']) {
      await server.request('POST', '/start', { json: {}, headers: { Authorization: `Bearer ${key}` } });
      await server.request('GET', '/calls', { headers: { 'X-Api-Key': key } });
    }
    const log = server.telemetry.lines.join('');
    expect(log).toContain('http request');
    expect(log).not.toContain(START_KEY);
    expect(log).not.toContain('a-wrong-key-98765');
  });
});

describe("the operator's view", () => {
  const headers = { Authorization: `Bearer ${ADMIN_KEY}` };

  it('is off where no admin key is set', async () => {
    server = await startTestServer();
    const answer = await server.request('GET', '/calls', { headers });
    expect([answer.status, answer.json['detail']]).toEqual([401, 'This is off: ADMIN_API_KEY is not set.']);
  });

  it('wants the admin key and takes no other', async () => {
    server = await startTestServer({ env: keys });
    const started = await server.request('POST', '/start', { json: {}, headers: { 'X-Api-Key': START_KEY } });
    const one = `/calls/${String(started.json['sessionId'])}`;
    for (const [method, path] of [
      ['GET', '/calls'],
      ['GET', one],
      ['DELETE', one],
    ] as const) {
      expect((await server.request(method, path)).status).toBe(401);
      expect((await server.request(method, path, { headers: { 'X-Api-Key': START_KEY } })).status).toBe(401);
    }
    expect(server.calls.ended).toEqual([]);
  });

  it('lists calls, shows one and ends it', async () => {
    server = await startTestServer({ env: { ADMIN_API_KEY: ADMIN_KEY } });
    const id = String((await server.request('POST', '/start', { json: {} })).json['sessionId']);
    const list = await server.request('GET', '/calls', { headers });
    expect(list.json).toMatchObject({ activeCalls: 1, draining: false, calls: [{ id, state: 'reserved' }] });
    expect((await server.request('GET', `/calls/${id}`, { headers })).json).toMatchObject({ id, turns: 0 });
    expect((await server.request('DELETE', `/calls/${id}`, { headers })).status).toBe(204);
    expect(server.calls.ended).toEqual([{ id, reason: 'operator' }]);
    for (const path of [`/calls/${id}`, '/calls/a%20b', `/calls/${'x'.repeat(200)}`]) {
      for (const method of ['GET', 'DELETE']) {
        expect((await server.request(method, path, { headers })).status).toBe(404);
      }
    }
  });

  it('lets nobody guess keys fast, and does not count who has the right one', async () => {
    server = await startTestServer({ env: { ADMIN_API_KEY: ADMIN_KEY } });
    for (let i = 0; i < 15; i += 1) expect((await server.request('GET', '/calls', { headers })).status).toBe(200);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await server.request('GET', '/calls')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });

  it('P11: the right key is never locked out by wrong ones, and they are counted by address', async () => {
    server = await startTestServer({ env: { ADMIN_API_KEY: ADMIN_KEY, TRUSTED_PROXIES: '1' } });
    const ask = async (address: string, key: string): Promise<number> =>
      (await server.request('GET', '/calls', { headers: { 'X-Api-Key': key, 'X-Forwarded-For': address } })).status;
    for (let n = 0; n < 10; n += 1) expect(await ask('192.0.2.1', 'a-wrong-key-98765')).toBe(401);
    expect(await ask('192.0.2.1', 'a-wrong-key-98765')).toBe(429);
    expect(await ask('192.0.2.1', ADMIN_KEY)).toBe(200);
    expect(await ask('192.0.2.2', 'a-wrong-key-98765')).toBe(401);
  });
});
