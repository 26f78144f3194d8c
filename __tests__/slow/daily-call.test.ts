import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callThroughDaily } from '../../ops/calls/daily-call';
import { verdictOf } from '../../ops/release/verdict';
import { type FakeDaily, startFakeDaily } from '../../testbed/fakes/daily/server';

/** What a smoke call through Daily says that gets no further than its start, in the browser that places it. */
describe('a call through Daily that is not put through', () => {
  let daily: FakeDaily;
  let server: Server;
  let answer: { readonly status: number; readonly body: object };

  beforeAll(async () => {
    daily = await startFakeDaily();
    server = createServer((request, response) => {
      const { status, body } = request.method === 'POST' ? answer : { status: 200, body: { status: 'ok' } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => daily.faults.clear());
  afterAll(async () => {
    server.close();
    await daily.close();
  });

  const called = (): Promise<unknown> =>
    callThroughDaily({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      startKey: 'a-key',
      bundleUrl: daily.bundleUrl,
    }).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('A7: for a wrong key, which is the caller’s', async () => {
    answer = { status: 401, body: { code: 'unauthorized', detail: 'The key is not right.' } };
    expect(await called()).toMatchObject({
      code: 'call_inconclusive',
      message: 'the call was refused: The key is not right.',
      fix: expect.stringMatching(/^Set START_API_KEY/) as unknown,
    });
  }, 60_000);

  it('for a transport that cannot be used, which is the bot’s', async () => {
    answer = { status: 503, body: { code: 'transport_unavailable', detail: 'No Chromium.' } };
    expect(verdictOf(await called())).toBe('failed');
  }, 60_000);

  it('A7: for a Daily that the caller does not reach', async () => {
    daily.faults.bundle = 'fails';
    answer = { status: 200, body: { dailyRoom: `${new URL(daily.apiUrl).origin}/room`, dailyToken: 'token' } };
    expect(await called()).toMatchObject({
      code: 'call_inconclusive',
      message: expect.stringMatching(/^the room of the call cannot be entered from here/) as unknown,
    });
  }, 60_000);
});
