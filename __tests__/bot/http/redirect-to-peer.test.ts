import type { CallsStatus } from '../../../bot/call/calls';
import { FakeCalls } from '../../support/fake-call-service';
import { startTestServer, type TestServer } from '../../support/http';

/** Calls whose state a test sets. */
class StatedCalls extends FakeCalls {
  state: Partial<CallsStatus> = {};
  override get status(): CallsStatus {
    return { ...super.status, ...this.state };
  }
}

describe('a start that comes to a task which had better not take it', () => {
  let server: TestServer;
  let calls: StatedCalls;
  const open = async (env: NodeJS.ProcessEnv = {}, maxCalls = 10): Promise<void> => {
    calls = new StatedCalls(maxCalls);
    server = await startTestServer({ env: { START_HOPS: '3', ...env }, calls });
  };
  afterEach(() => server.close());

  it.each([
    ['full', { activeCalls: 10 }],
    ['about to stop', { draining: true }],
    ['of an old release', { standingDown: true }],
    ['without rooms', { rooms: { ok: false, detail: 'Daily cannot be reached.' } }],
  ] as const)('is sent back through the load balancer when the task is %s', async (_name, state) => {
    await open();
    calls.state = state;
    for (const path of ['/start', '/connect']) {
      const answer = await server.request('POST', path, { json: {} });
      expect([answer.status, answer.headers.get('location')]).toEqual([307, `${path}?hop=1`]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    const second = await server.request('POST', '/start?hop=1', { json: {} });
    expect(second.headers.get('location')).toBe('/start?hop=2');
    expect(await server.telemetry.prometheus.render()).toMatch(/calls_sent_on_total\{why="\w+"\} 3/);
    const said = server.telemetry.logged().filter(({ msg }) => msg === 'call sent on');
    expect(said.map(({ hop }) => hop)).toEqual([1, 1, 2]);
  });

  it('is taken where it comes to at last when the task only stands down: nobody is refused while there is room', async () => {
    await open();
    calls.state = { standingDown: true };
    expect((await server.request('POST', '/start?hop=3', { json: {} })).status).toBe(200);
    expect((await server.request('POST', '/start?hop=99', { json: {} })).status).toBe(200);
  });

  it('is refused at last where the task is full', async () => {
    await open({}, 1);
    expect((await server.request('POST', '/start', { json: {} })).status).toBe(200);
    const answer = await server.request('POST', '/start?hop=3', { json: {} });
    expect([answer.status, answer.json['code']]).toEqual([503, 'at_capacity']);
  });

  it('is sent on as often as allowed, whatever number a client invents', async () => {
    await open();
    calls.state = { standingDown: true };
    for (const hop of ['-1', '1e9', 'x', '', '007', '1000']) {
      const answer = await server.request('POST', `/start?hop=${hop}`, { json: {} });
      expect([hop, answer.headers.get('location')]).toEqual([hop, '/start?hop=1']);
    }
  });

  it('is refused at once where no other task is behind the load balancer', async () => {
    await open({ START_HOPS: '0' }, 1);
    await server.request('POST', '/start', { json: {} });
    expect((await server.request('POST', '/start', { json: {} })).status).toBe(503);
  });

  it('is not sent on by who may not start', async () => {
    await open({ START_API_KEY: 'a-key-of-sixteen-characters' });
    calls.state = { standingDown: true };
    expect((await server.request('POST', '/start', { json: {} })).status).toBe(401);
  });

  it('/ready says why, and /health goes on, or ECS would kill the task', async () => {
    await open();
    calls.state = { standingDown: true };
    const ready = await server.request('GET', '/ready');
    expect([ready.status, ready.json['reason']]).toEqual([503, 'outdated']);
    expect((await server.request('GET', '/health')).status).toBe(200);
  });
});

describe('who asks for a call', () => {
  let server: TestServer;
  afterEach(() => server.close());

  it('is told by the address, or by a back end that holds the key', async () => {
    const asked: (string | undefined)[] = [];
    class Asked extends FakeCalls {
      override async start(caller?: string): ReturnType<FakeCalls['start']> {
        asked.push(caller);
        return super.start();
      }
    }
    server = await startTestServer({ calls: new Asked() });
    await server.request('POST', '/start', { json: { caller: 'somebody else' } });
    await server.close();
    const key = 'a-key-of-sixteen-characters';
    server = await startTestServer({ calls: new Asked(), env: { START_API_KEY: key } });
    await server.request('POST', '/start', {
      json: { caller: 'user-17' },
      headers: { authorization: `Bearer ${key}` },
    });
    expect(asked).toEqual(['at 127.0.0.1', 'named user-17']);
  });
});
