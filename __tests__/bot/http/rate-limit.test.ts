import { startTestServer, type TestServer } from '../../support/http';

let server: TestServer;
afterEach(() => server.close());

async function startFrom(forwardedFor?: string): Promise<number> {
  const headers: Record<string, string> = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor };
  return (await server.request('POST', '/start', { json: {}, headers })).status;
}

describe('starts of one address', () => {
  it('are limited a minute, over all ways to start, and the client is told when to come back', async () => {
    server = await startTestServer({ env: { START_RATE_PER_MINUTE: '3' } });
    expect(await startFrom()).toBe(200);
    expect((await server.request('POST', '/connect', { json: {} })).status).toBe(200);
    expect((await server.request('POST', '/api/offer', { json: {} })).status).toBe(400);
    const refused = await server.request('POST', '/start', { json: {} });
    expect([refused.status, refused.json['code']]).toEqual([429, 'rate_limited']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.json['detail']).toContain(`${seconds} s`);
    expect(server.calls.status.activeCalls).toBe(2);
    expect((await server.request('GET', '/health')).status).toBe(200);
  });

  it('count with a wrong key, too', async () => {
    server = await startTestServer({ env: { START_RATE_PER_MINUTE: '2', START_API_KEY: 'start-key-0123456789' } });
    expect([await startFrom(), await startFrom(), await startFrom()]).toEqual([401, 401, 429]);
  });

  it('cannot be hidden behind a made-up X-Forwarded-For when no proxy is trusted', async () => {
    server = await startTestServer({ env: { START_RATE_PER_MINUTE: '1' } });
    expect([await startFrom('192.0.2.1'), await startFrom('192.0.2.2')]).toEqual([200, 429]);
  });

  it('are told apart by the last trusted hop behind a proxy, whatever the caller put before it', async () => {
    server = await startTestServer({ env: { START_RATE_PER_MINUTE: '1', TRUSTED_PROXIES: '1' } });
    expect([await startFrom('192.0.2.1'), await startFrom('192.0.2.2')]).toEqual([200, 200]);
    expect(await startFrom('198.51.100.7, 192.0.2.1')).toBe(429);
  });

  it('count for a whole IPv6 network, because its owner has all its addresses', async () => {
    server = await startTestServer({ env: { START_RATE_PER_MINUTE: '1', TRUSTED_PROXIES: '1' } });
    expect(await startFrom('2001:db8:1:1::1')).toBe(200);
    expect(await startFrom('2001:db8:1:ff:2:3:4:5')).toBe(429);
    expect(await startFrom('2001:db8:2::1')).toBe(200);
  });

  it('survive an address that is none', async () => {
    server = await startTestServer({ env: { START_RATE_PER_MINUTE: '1', TRUSTED_PROXIES: '1' } });
    for (const nonsense of ['not an address', '999.999.999.999', ':::::', '2001:db8::/zz', '[']) {
      expect(await startFrom(nonsense)).toBe(200);
    }
  });
});
