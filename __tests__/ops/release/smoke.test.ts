import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { smokeTest } from '../../../ops/release/smoke';
import { parseSettings } from '../../../stacks/settings-file';
import { freePort } from '../../../testbed/processes/free-port';

const HEALTHY = { status: 'ok', version: '1', transport: 'webrtc' };

describe('a smoke call of a release that nobody outside can reach', () => {
  const context = (loadBalancer: object) => ({
    settings: parseSettings(
      'test.json',
      JSON.stringify({ environment: 'test', accountId: '111111111111', loadBalancer, image: { tag: '1' } }),
    ),
    io: {
      folder: '.',
      env: {},
      signal: new AbortController().signal,
      stdout: () => undefined,
      stderr: () => undefined,
    },
    progress: () => undefined,
  });

  it.each([
    ['an internal load balancer', { allowPlainHttp: true, internal: true }],
    ['a load balancer for some ranges only', { allowPlainHttp: true, allowedCidrs: ['198.51.100.0/24'] }],
  ])('A9: is no failure of it, for %s, and says where to call from', async (_what, loadBalancer) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(smokeTest(context(loadBalancer), { url, version: '1', withinMs: 0 })).resolves.toEqual({
      isCalled: false,
      text: `not called: only its own network reaches ${url}; npm run ops -- release smoke --here --environment test, from a machine inside it, calls it`,
    });
  });

  it('A7: is none where everybody could reach it and this machine cannot: that proves nothing', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(
      smokeTest(context({ allowPlainHttp: true }), { url, version: '1', withinMs: 0 }),
    ).rejects.toMatchObject({
      code: 'call_inconclusive',
      message: `this machine does not reach ${url}/health: ECONNREFUSED`,
    });
  });

  it.each([
    ['a page of somebody else', {}, 200, '<html>', 'call_inconclusive'],
    ['a firewall', {}, 403, '<html>', 'call_inconclusive'],
    ['a load balancer without tasks', {}, 503, '<html>', 'bot_failed'],
    ['another release', {}, 200, JSON.stringify({ ...HEALTHY, version: '0' }), 'bot_failed'],
    [
      'another bot, at a SERVICE_URL',
      { SERVICE_URL: 'x' },
      200,
      JSON.stringify({ ...HEALTHY, version: '0' }),
      'call_inconclusive',
    ],
    [
      'a release that is not well',
      { SERVICE_URL: 'x' },
      200,
      JSON.stringify({ ...HEALTHY, status: 'bad' }),
      'bot_failed',
    ],
  ])('A7: what it says that /health is answered by %s', async (_what, env, status, body, code) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { io, ...rest } = context({ allowPlainHttp: true });
    const smoked = smokeTest({ ...rest, io: { ...io, env } }, { url, version: '1', withinMs: 0 });
    await expect(smoked.finally(() => server.close())).rejects.toMatchObject({ code });
  });

  it('A7: proves nothing where a firewall answers /ready', async () => {
    const server = createServer(({ url: asked }, response) => {
      response.writeHead(asked === '/ready' ? 403 : 200).end(JSON.stringify(HEALTHY));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const smoked = smokeTest(context({ allowPlainHttp: true }), { url, version: '1', withinMs: 0 });
    await expect(smoked.finally(() => server.close())).rejects.toMatchObject({ code: 'call_inconclusive' });
  });

  it.each([
    ['full', 'every place is taken by callers: no call is placed'],
    ['busy', 'one more call is too many for it now: no call is placed'],
  ])('is not placed, and no failure, where /ready says %s', async (reason, text) => {
    const server = createServer(({ url }, response) => {
      const isReady = url === '/ready';
      response.writeHead(isReady ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isReady ? { ready: false, reason } : HEALTHY));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const smoked = smokeTest(context({ allowPlainHttp: true }), { url, version: '1', withinMs: 0 });
    await expect(smoked.finally(() => server.close())).resolves.toEqual({ isCalled: false, text });
  });

  it('A8: waits while a task of before answers, which leaves, and blames one that stays so', async () => {
    const says = ['outdated', 'draining', 'full'];
    const server = createServer(({ url }, response) => {
      const isReady = url === '/ready';
      response.writeHead(isReady ? 503 : 200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(isReady ? { ready: false, reason: says.length > 1 ? says.shift() : says[0] } : HEALTHY),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const smoke = (withinMs: number) => smokeTest(context({ allowPlainHttp: true }), { url, version: '1', withinMs });
    await expect(smoke(60_000)).resolves.toMatchObject({ text: 'every place is taken by callers: no call is placed' });
    says.unshift('draining');
    await expect(smoke(0).finally(() => server.close())).rejects.toMatchObject({
      code: 'bot_failed',
      message: '/ready says draining',
    });
  });
});
