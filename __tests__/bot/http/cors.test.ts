import { startTestServer, type TestServer } from '../../support/http';

const APP = 'https://app.example';
const EVIL = 'https://evil.example';
let server: TestServer;
afterEach(() => server.close());

function preflight(origin: string, path = '/start', extra: Record<string, string> = {}) {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST', ...extra };
  return server.request('OPTIONS', path, { headers });
}

describe('pages of other origins', () => {
  it('may start calls when they are allowed, with headers of their own and PATCH', async () => {
    server = await startTestServer({ env: { ALLOWED_ORIGINS: `https://other.example, ${APP}` } });
    const asked = { 'Access-Control-Request-Headers': 'authorization,content-type,x-tenant' };
    const ahead = await preflight(APP, '/sessions/x/api/offer', asked);
    expect(ahead.status).toBe(204);
    expect(ahead.headers.get('access-control-allow-origin')).toBe(APP);
    expect(ahead.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(ahead.headers.get('access-control-allow-headers')).toBe('authorization,content-type,x-tenant');
    expect(Number(ahead.headers.get('access-control-max-age'))).toBeGreaterThan(0);

    const start = await server.request('POST', '/start', { json: {}, headers: { Origin: APP } });
    expect(start.status).toBe(200);
    expect(start.headers.get('access-control-allow-origin')).toBe(APP);
    expect(start.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(start.headers.get('vary')).toContain('Origin');
  });

  it('can read errors, so that a page can show them', async () => {
    server = await startTestServer({ env: { ALLOWED_ORIGINS: APP, START_API_KEY: 'start-key-0123456789' } });
    const answer = await server.request('POST', '/start', { json: {}, headers: { Origin: APP } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
  });

  it.each([EVIL, 'null', 'https://app.example.evil.example', 'http://app.example', `${APP}:8443`, 'nonsense'])(
    'are refused when they are not: %s',
    async (origin) => {
      server = await startTestServer({ env: { ALLOWED_ORIGINS: APP } });
      for (const answer of [
        await preflight(origin),
        await server.request('POST', '/start', { json: {}, headers: { Origin: origin } }),
      ]) {
        expect([answer.status, answer.json['code']]).toEqual([403, 'origin_refused']);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
      expect(server.calls.status.activeCalls).toBe(0);
      const looked = await server.request('GET', '/health', { headers: { Origin: origin } });
      expect([looked.status, looked.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    },
  );

  it('are all allowed by *, without cookies', async () => {
    server = await startTestServer({ env: { ALLOWED_ORIGINS: '*' } });
    const ahead = await preflight(EVIL);
    expect([ahead.status, ahead.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(ahead.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('get the default list of headers for one that is malformed', async () => {
    server = await startTestServer({ env: { ALLOWED_ORIGINS: '*' } });
    const ahead = await preflight(EVIL, '/start', { 'Access-Control-Request-Headers': 'x y; <script>' });
    expect(ahead.headers.get('access-control-allow-headers')).toContain('X-Api-Key');
  });
});

it('our own page needs no permission, also behind a load balancer that ends TLS', async () => {
  server = await startTestServer();
  for (const origin of [server.url, server.url.replace('http:', 'https:')]) {
    expect((await server.request('POST', '/start', { json: {}, headers: { Origin: origin } })).status).toBe(200);
  }
});
