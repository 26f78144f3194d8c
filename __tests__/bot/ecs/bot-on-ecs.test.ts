import { openBot } from '../../../bot/compose';
import type { Bot } from '../../../bot/bot';
import { EmfRecorder } from '../../../bot/telemetry/emf';
import { type Clock, systemClock } from '../../../bot/time';
import { Caller } from '../../../smoke/caller';
import { FakeEcs, type FakeTask } from '../../../smoke/ecs';
import { testConfig } from '../../support/config';
import { emfProblems } from '../../support/emf-schema';
import { eventually } from '../../support/eventually';
import { FakeClock } from '../../support/fake-clock';
import { releaseWebRtc } from '../../support/release-webrtc';
import { ScriptedModel } from '../../support/scripted-model';
import { testTelemetry, type TestTelemetry } from '../../support/telemetry';

/** A whole bot over HTTP, as a task of ECS on loopback. */
describe('a bot on ECS', () => {
  let ecs: FakeEcs;
  let task: FakeTask;
  let bot: Bot | undefined;
  let telemetry: TestTelemetry;
  let clock: FakeClock;
  const before = { ...process.env };

  beforeEach(async () => {
    ecs = await FakeEcs.start();
    task = ecs.cluster.addTask();
    telemetry = testTelemetry('info', { emf: new EmfRecorder('PipecatVoiceAgent/test') });
    clock = new FakeClock();
    const { AWS_ENDPOINT_URL_ECS } = ecs.environmentOf(task);
    const [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY] = ['AKIAIOSFODNN7EXAMPLE', 'not-a-real-secret-of-anybody'];
    Object.assign(process.env, { AWS_ENDPOINT_URL_ECS, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
  });
  afterEach(async () => {
    await stop();
    bot = undefined;
    await ecs.close();
    process.env = { ...before };
  });

  async function startAt(env: NodeJS.ProcessEnv, time: Clock): Promise<string> {
    const config = testConfig({ ...ecs.environmentOf(task), ...env });
    bot = await openBot(config, telemetry, { clock: time, model: new ScriptedModel() });
    const { host, port } = await bot.start();
    return `http://${host}:${port}`;
  }

  async function start(env: NodeJS.ProcessEnv = {}): Promise<(path?: string) => Promise<Response>> {
    const baseUrl = await startAt(env, clock);
    return (path = '/start') => fetch(`${baseUrl}${path}`, { method: 'POST' });
  }

  /** Places that are held are given up as the clock goes on. */
  async function stop(): Promise<void> {
    let stopped = bot === undefined;
    void bot?.stop(0).then(() => (stopped = true));
    while (!stopped) {
      await clock.advanceAsync(10_000, 1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  afterAll(releaseWebRtc);

  it('is protected before it says yes to a call, and not any more when nothing came of it', async () => {
    const call = await start();
    const { sessionId } = (await (await call()).json()) as { sessionId: string };
    expect(sessionId).toBeDefined();
    expect(ecs.cluster.isProtected(task)).toBe(true);
    clock.advance(60_000); // No offer came.
    await eventually(() => !ecs.cluster.isProtected(task), 'the protection ends');
  });

  it('takes a call though ECS cannot protect it', async () => {
    ecs.cluster.refuseNext({ kind: 'failure', reason: 'DEPLOYMENT_BLOCKED' });
    const call = await start();
    expect((await call()).status).toBe(200);
    expect(telemetry.logged()).toContainEqual(
      expect.objectContaining({ msg: 'task protection failed', why: 'DEPLOYMENT_BLOCKED' }),
    );
  });

  it('refuses who has had his calls of the day before it asks for protection', async () => {
    const baseUrl = await startAt({ CALLS_PER_CALLER_PER_DAY: '1', WEBRTC_BIND_ADDRESS: '127.0.0.1' }, systemClock);
    const caller = await Caller.connect({ baseUrl });
    caller.hangUp();
    await eventually(() => !ecs.cluster.isProtected(task), 'the protection ends');
    const refused = await fetch(`${baseUrl}/start`, { method: 'POST' });
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(await refused.json()).toMatchObject({
      code: 'caller_limit_reached',
      detail: 'You have had all 1 calls of today. Please call again tomorrow (after midnight UTC).',
    });
    expect(ecs.wishes.map(({ body }) => body.includes('true'))).toEqual([true, false]);
    const refusals = telemetry.logged().filter(({ msg }) => msg === 'call refused');
    expect(refusals).toMatchObject([{ code: 'caller_limit_reached' }]);
  });

  it('gives its protection back when it stops', async () => {
    const call = await start();
    await call();
    expect(ecs.cluster.isProtected(task)).toBe(true);
    await stop();
    expect(ecs.cluster.isProtected(task)).toBe(false);
  });

  it('sends its numbers to CloudWatch once a minute', async () => {
    const call = await start();
    await call();
    clock.advance(60_000);
    const lines = telemetry.logged().filter(({ msg }) => msg === 'metrics');
    expect(lines).toHaveLength(1);
    expect(emfProblems(lines[0])).toEqual([]);
    expect(lines[0]).toMatchObject({ MaxCalls: 10, EventLoopLagMs: expect.any(Number) as number });
    expect(lines[0]!['ActiveCalls']).toBeDefined();
  });
});
