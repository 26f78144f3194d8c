import { EcsAgent } from '../../../bot/ecs/agent';
import { TaskProtection } from '../../../bot/ecs/task-protection';
import { FakeEcs, type FakeTask } from '../../../smoke/ecs';
import { eventually } from '../../support/eventually';
import { FakeClock } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';

const MINUTE_MS = 60_000;

/** A task's protection against the agent on loopback; both go by the same fake clock. */
async function setup(options: { maxCallMinutes?: number; alone?: boolean } = {}) {
  const clock = new FakeClock();
  const ecs = await FakeEcs.start({ nowMs: () => clock.epochMs() });
  const task = ecs.cluster.addTask({ alone: options.alone ?? false });
  const endpoints = ecs.environmentOf(task);
  const telemetry = testTelemetry();
  const protection = new TaskProtection({
    agent: new EcsAgent({
      agentUri: endpoints.ECS_AGENT_URI,
      metadataUri: endpoints.ECS_CONTAINER_METADATA_URI_V4,
    }),
    clock,
    telemetry,
    maxCallMs: (options.maxCallMinutes ?? 30) * MINUTE_MS,
  });
  return { clock, ecs, task, protection, telemetry };
}
type Setup = Awaited<ReturnType<typeof setup>>;

describe("a task's protection", () => {
  let it_: Setup;
  afterEach(() => it_.ecs.close());

  const isProtected = (task: FakeTask = it_.task): boolean => it_.ecs.cluster.isProtected(task);
  const wished = (): unknown[] => it_.ecs.wishes.map(({ body }) => JSON.parse(body) as unknown);

  it('is there before a call is accepted, and gone after the last one', async () => {
    it_ = await setup();
    await it_.protection.hold('a');
    expect(isProtected()).toBe(true);
    await it_.protection.hold('b');
    it_.protection.release('a');
    expect(isProtected()).toBe(true);
    it_.protection.release('b');
    it_.protection.release('b');
    await eventually(() => !isProtected() && !it_.protection.isProtected, 'the protection ends');
    expect(wished()).toEqual([{ ProtectionEnabled: true, ExpiresInMinutes: 15 }, { ProtectionEnabled: false }]);
    expect(it_.clock.pendingTimers).toBe(0);
  });

  it('is asked for once by callers who come together', async () => {
    it_ = await setup();
    await Promise.all(['a', 'b', 'c'].map((id) => it_.protection.hold(id)));
    expect(it_.ecs.wishes).toHaveLength(1);
  });

  it('is renewed for as long as the youngest call can last, and no longer', async () => {
    it_ = await setup({ maxCallMinutes: 20 });
    const { clock, ecs, task, telemetry } = it_;
    const asked: (number | undefined)[] = [];
    // Without a socket in between, so that minutes can pass without one of the machine's own.
    const agent = {
      setProtection: (minutes: number | undefined) => {
        asked.push(minutes);
        ecs.cluster.protect(task, minutes);
        return Promise.resolve({ kind: 'state', protected: minutes !== undefined } as const);
      },
    };
    const protection = new TaskProtection({ agent, clock, telemetry, maxCallMs: 20 * MINUTE_MS });
    await protection.hold('a');
    for (let minute = 0; minute < 20; minute += 1) {
      expect([minute, isProtected()]).toEqual([minute, true]);
      await clock.advanceAsync(MINUTE_MS, 10_000);
    }
    // 22 minutes in all: the longest call, and two for its beginning and end.
    expect(asked).toEqual([15, 15]);
    // Who goes on for longer than any call may does not hold up a release.
    await clock.advanceAsync(10 * MINUTE_MS, 10_000);
    expect(isProtected()).toBe(false);
    expect(asked).toEqual([15, 15]);
    await protection.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('is never asked for longer than a short call lasts', async () => {
    it_ = await setup({ maxCallMinutes: 1 });
    await it_.protection.hold('a');
    expect(wished()).toEqual([{ ProtectionEnabled: true, ExpiresInMinutes: 3 }]);
  });

  it('comes back for a call that begins while it is given up', async () => {
    it_ = await setup();
    await it_.protection.hold('a');
    it_.protection.release('a');
    await it_.protection.hold('b');
    expect(isProtected()).toBe(true);
    expect(it_.protection.isProtected).toBe(true);
  });

  it.each([
    ['a throttled request', { kind: 'error', status: 400, code: 'ThrottlingException', message: 'Rate exceeded' }],
    ['a deployment that is blocked', { kind: 'failure', reason: 'DEPLOYMENT_BLOCKED' }],
    ['an agent that cannot reach ECS', { kind: 'error', status: 504, code: 'RequestCanceled', message: 'timed out' }],
  ] as const)('is tried again after %s, which is counted and never fatal', async (_name, refusal) => {
    it_ = await setup();
    it_.ecs.cluster.refuseNext(refusal);
    await it_.protection.hold('a');
    expect(isProtected()).toBe(false);
    const why = 'code' in refusal ? refusal.code : refusal.reason;
    expect(await it_.telemetry.prometheus.render()).toContain(`task_protection_failures_total{why="${why}"} 1`);
    expect(it_.telemetry.logged()).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: 'task protection failed', why, calls: 1 }),
    );
    it_.clock.advance(20_000);
    await eventually(() => isProtected(), 'protected at the second try');
  });

  it('says why a task that belongs to no service has none', async () => {
    it_ = await setup({ alone: true });
    await it_.protection.hold('a');
    expect(await it_.telemetry.prometheus.render()).toContain('task_protection_failures_total{why="TASK_NOT_VALID"} 1');
  });

  it('does not keep a call waiting for an agent that hangs', async () => {
    it_ = await setup();
    it_.ecs.silent = true;
    const held = it_.protection.hold('a');
    await new Promise((resolve) => setTimeout(resolve, 10));
    it_.clock.advance(3_500);
    await held;
    expect(it_.protection.isProtected).toBe(false);
  });

  it('is given back when the process ends, whatever calls it thinks there are', async () => {
    it_ = await setup();
    await it_.protection.hold('a');
    await it_.protection.close();
    expect(isProtected()).toBe(false);
    expect(it_.clock.pendingTimers).toBe(0);
  });
});
