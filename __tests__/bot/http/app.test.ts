import type { StartedCall } from '../../../bot/call/calls';
import { BotError } from '../../../bot/errors';
import { FakeCalls } from '../../support/fake-call-service';
import { startTestServer, temporaryFolder, type TestServer } from '../../support/http';

let server: TestServer;
afterEach(() => server.close());

describe('every answer', () => {
  it('carries a request id: a new one, or the one that came if it is well formed', async () => {
    server = await startTestServer();
    const idFor = async (id?: string): Promise<string | null> => {
      const headers: Record<string, string> = id === undefined ? {} : { 'X-Request-Id': id };
      return (await server.request('GET', '/health', { headers })).headers.get('x-request-id');
    };
    expect(await idFor()).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('trace.42:abc_DEF-9')).toBe('trace.42:abc_DEF-9');
    for (const bad of ['short', 'x'.repeat(65), 'semi;colon-id', '{"log":"forged"}', 'two words here']) {
      expect(await idFor(bad)).not.toBe(bad);
    }
  });

  it('has the security headers that let the page use the microphone and nothing else', async () => {
    server = await startTestServer();
    for (const path of ['/health', '/', '/nowhere']) {
      const { headers } = await server.request('GET', path);
      const csp = headers.get('content-security-policy');
      expect(csp).toContain("default-src 'self'");
      expect(csp).toContain("connect-src 'self'");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).not.toMatch(/unsafe|upgrade-insecure|https?:/);
      expect(headers.get('permissions-policy')).toContain('microphone=(self)');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('every error', () => {
  it('is a problem with a code, a detail in a string and the request id', async () => {
    server = await startTestServer();
    const answer = await server.request('GET', '/nowhere', { headers: { 'X-Request-Id': 'request-0001' } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'not_found',
      detail: 'There is nothing here.',
      requestId: 'request-0001',
    });
  });

  it.each([
    ['PUT', '/start', 'POST, OPTIONS'],
    ['GET', '/start', 'POST, OPTIONS'],
    ['DELETE', '/connect', 'POST, OPTIONS'],
    ['GET', '/api/offer', 'POST, PATCH, OPTIONS'],
    ['DELETE', '/sessions/x/api/offer', 'POST, PATCH, OPTIONS'],
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/ready', 'GET, HEAD, OPTIONS'],
    ['POST', '/metrics', 'GET, HEAD, OPTIONS'],
    ['POST', '/calls', 'GET, HEAD, OPTIONS'],
    ['PUT', '/calls/x', 'GET, HEAD, DELETE, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
  ])('of a wrong method says which are right: %s %s', async (method, path, allow) => {
    server = await startTestServer();
    const answer = await server.request(method, path);
    expect([answer.status, answer.json['code'], answer.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      allow,
    ]);
    const options = await server.request('OPTIONS', path);
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
  });

  it('that nobody planned says nothing of its cause to the caller, and where it was to the log', async () => {
    class Broken extends FakeCalls {
      override start(): Promise<StartedCall> {
        throw new TypeError('password hunter2 is wrong');
      }
    }
    server = await startTestServer({ calls: new Broken() });
    const answer = await server.request('POST', '/start', { json: {}, headers: { 'X-Request-Id': 'request-0002' } });
    expect([answer.status, answer.json['code']]).toEqual([500, 'internal']);
    expect(answer.text).not.toMatch(/hunter2|TypeError|\.ts|at /);
    const line = server.telemetry.logged().find(({ msg }) => msg === 'request failed');
    expect(line).toMatchObject({
      requestId: 'request-0002',
      route: '/start',
      err: { code: 'internal', causes: ['TypeError'] },
    });
    expect(JSON.stringify(line)).toContain('app.test.ts');
    expect(server.telemetry.lines.join('')).not.toContain('hunter2');
  });

  it('of the call service keeps its code, status and words', async () => {
    class Failing extends FakeCalls {
      override async offer(): Promise<never> {
        throw new BotError('peer_failed', 'The offer could not be answered.', { cause: new Error('native detail') });
      }
    }
    server = await startTestServer({ calls: new Failing() });
    const answer = await server.request('POST', '/api/offer', { json: { sdp: 'v=0', type: 'offer' } });
    expect(answer.json).toMatchObject({ status: 500, code: 'peer_failed', detail: 'The offer could not be answered.' });
  });
});

describe('GET /health', () => {
  it("gives the seed's three checks, version, uptime and lag, and no value of any secret", async () => {
    const secrets = {
      DAILY_API_KEY: 'daily-secret-value',
      START_API_KEY: 'start-secret-value-1',
      AWS_ACCESS_KEY_ID: 'AKIASECRETVALUE',
    };
    const env = { ...secrets, AWS_SECRET_ACCESS_KEY: 'aws-secret-value', VERSION: '1.2.3+abc' };
    server = await startTestServer({ env, calls: new FakeCalls(5) });
    await server.request('POST', '/start', { json: {}, headers: { 'X-Api-Key': 'start-secret-value-1' } });
    const answer = await server.request('GET', '/health');
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      status: 'ok',
      version: '1.2.3+abc',
      transport: 'webrtc',
      agents: ['clinic', 'billing'],
      checks: {
        dailyHelper: { ok: true, detail: 'not used: the transport is webrtc' },
        environment: { ok: true, required: [], missing: [] },
        activeBots: { ok: true, active: 1, max: 5, draining: false },
      },
      secrets: { DAILY_API_KEY: true, START_API_KEY: true, AWS_SECRET_ACCESS_KEY: true, ADMIN_API_KEY: false },
      eventLoopLagMs: { meanMs: 0, p99Ms: 1, maxMs: 2 },
    });
    expect(answer.json['uptimeSeconds']).toEqual(expect.any(Number));
    expect(answer.text).not.toMatch(/secret-value|AKIA/i);
  });

  it('stays 200 with Daily not configured, and names what is missing', async () => {
    server = await startTestServer({ env: { TRANSPORT: 'daily' } });
    const health = await server.request('GET', '/health');
    expect(health.status).toBe(200);
    expect(health.json['checks']).toMatchObject({
      dailyHelper: { ok: false, detail: 'TRANSPORT is daily but DAILY_API_KEY is not set.' },
      environment: { ok: false, required: ['DAILY_API_KEY'], missing: ['DAILY_API_KEY'] },
    });
    const ready = await server.request('GET', '/ready');
    expect([ready.status, ready.json['reason']]).toEqual([503, 'not_configured']);
    expect(ready.json['detail']).toContain('DAILY_API_KEY');
  });

  it('stays 200 while full and while draining, and is 503 only when the process can serve nobody', async () => {
    const broken: { reason?: string } = {};
    server = await startTestServer({ calls: new FakeCalls(0), fault: () => broken.reason });
    expect((await server.request('GET', '/health')).status).toBe(200);
    await server.calls.drain(0);
    expect((await server.request('GET', '/health')).json['checks']).toMatchObject({ activeBots: { draining: true } });
    broken.reason = 'An unexpected error: the process is ending.';
    const answer = await server.request('GET', '/health');
    expect([answer.status, answer.json['status'], answer.json['detail']]).toEqual([503, 'failed', broken.reason]);
  });

  it('takes less than 10 ms of the processor, and waits for nobody', async () => {
    server = await startTestServer();
    await server.request('GET', '/health');
    const before = process.cpuUsage();
    let quickestMs = Infinity;
    let plainMs = Infinity;
    for (let i = 0; i < 30; i += 1) {
      quickestMs = Math.min(quickestMs, await msFor('/health'));
      plainMs = Math.min(plainMs, await msFor('/there-is-nothing-here'));
    }
    const { user, system } = process.cpuUsage(before);
    // Of 60 requests and of what asked; and the quickest beside an answer that needs nothing. A busy machine changes neither.
    expect((user + system) / 1000 / 60).toBeLessThan(10);
    expect(quickestMs).toBeLessThan(10 * plainMs);
  });
});

async function msFor(path: string): Promise<number> {
  const startedMs = performance.now();
  await server.request('GET', path);
  return performance.now() - startedMs;
}

describe('GET /ready', () => {
  it('is 200 while a call can be taken, then says full, then draining', async () => {
    server = await startTestServer({ calls: new FakeCalls(1) });
    expect((await server.request('GET', '/ready')).json).toEqual({ ready: true });
    await server.request('POST', '/start', { json: {} });
    const full = await server.request('GET', '/ready');
    expect([full.status, full.json['reason'], full.json['ready']]).toEqual([503, 'full', false]);
    expect(full.headers.get('retry-after')).toBe('5');
    const drained = server.calls.drain(20);
    expect((await server.request('GET', '/ready')).json['reason']).toBe('draining');
    await drained;
  });
});

describe('GET /metrics', () => {
  it("speaks Prometheus's text format and names routes by pattern, never by path", async () => {
    server = await startTestServer();
    await server.request('POST', '/sessions/some-session-id/api/offer', { json: {} });
    await server.request('GET', '/some/secret/path');
    const answer = await server.request('GET', '/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.text).toContain('method="POST",route="/sessions/:id/api/offer",status="400"} 1');
    expect(answer.text).toContain('route="unmatched",status="404"} 1');
    expect(answer.text).not.toMatch(/some-session-id|secret/);
  });
});

describe('the client page', () => {
  it('says how to build it when it is not built', async () => {
    server = await startTestServer();
    const answer = await server.request('GET', '/');
    expect([answer.status, answer.json['detail']]).toEqual([404, 'The client page is not built: run "npm run build".']);
  });

  it('is in the language of the agent that answers, and in English where there are no texts of it', async () => {
    const folder = temporaryFolder({ 'index.html': '<!doctype html><html lang="en"><title>bot</title></html>' });
    try {
      for (const [pageLanguage, lang] of [
        ['pt-BR', 'pt-BR'],
        ['ar-EG', 'en'],
      ] as const) {
        const bot = await startTestServer({ pageDirectory: folder.path, pageLanguage });
        expect((await bot.request('GET', '/')).text).toContain(`<html lang="${lang}">`);
        expect((await bot.request('GET', '/index.html')).text).toContain(`<html lang="${lang}">`);
        await bot.close();
      }
    } finally {
      folder.remove();
    }
  });

  it('is served: the page itself is asked for anew, its hashed files stay a year', async () => {
    const folder = temporaryFolder({
      'index.html': '<!doctype html><title>bot</title>',
      'assets/app-ABCD1234.js': 'export {};',
      '.env': 'SECRET=1',
    });
    server = await startTestServer({ pageDirectory: folder.path });
    try {
      const page = await server.request('GET', '/');
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.text).toContain('<title>bot</title>');
      const asset = await server.request('GET', '/assets/app-ABCD1234.js');
      expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const head = await server.request('HEAD', '/');
      expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', String(page.text.length)]);
      for (const path of [
        '/.env',
        '/assets',
        '/..%2f..%2fetc%2fpasswd',
        '/%2e%2e/package.json',
        '/assets/%00',
        '/%E0%A4%A',
      ]) {
        const refused = await server.request('GET', path);
        expect([400, 404]).toContain(refused.status);
        expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      }
      // Without a Cache-Control of its own, fetch would ask not to be answered from any cache.
      const again = { 'If-None-Match': page.headers.get('etag') ?? '', 'Cache-Control': 'max-age=0' };
      expect((await server.request('GET', '/', { headers: again })).status).toBe(304);
    } finally {
      folder.remove();
    }
  });
});
