import { randomBytes } from 'node:crypto';
import type { Bot } from '../../../bot/bot';
import { callsInRooms } from '../../../bot/call-services';
import { openBot } from '../../../bot/compose';
import { noRooms } from '../../../bot/transport/no-rooms';
import type { HeldCall } from '../../../bot/transport/rooms';
import { Rooms } from '../../../testbed/fakes/daily/rooms';
import { Telephone } from '../../../testbed/fakes/daily/telephone/telephone';
import { LoadBalancer } from '../../../testbed/fakes/ecs';
import { systemClock } from '../../../bot/time';
import { testConfig } from '../../support/config';
import { eventually } from '../../support/eventually';
import { MemoryTransport } from '../../support/memory-transport';
import { ScriptedModel } from '../../support/scripted-model';
import { testTelemetry, type TestTelemetry } from '../../support/telemetry';

/* Tasks with room for one call each. Daily asks the first one, which asks the others by the load balancer. */

const HMAC = randomBytes(32).toString('base64');
const PATH = '/phone/daily/dialin';

interface Task {
  readonly bot: Bot;
  readonly url: string;
  readonly telemetry: TestTelemetry;
  readonly answered: HeldCall[];
}

let balancer: LoadBalancer;
let telephone: Telephone;
let tasks: Task[];

beforeEach(async () => {
  balancer = await LoadBalancer.start();
  telephone = new Telephone(new Rooms({ key: '', origin: () => 'http://127.0.0.1' }));
  tasks = [];
});
afterEach(async () => {
  telephone.close();
  await Promise.all(tasks.map(stop));
  await balancer.close();
});

async function openTask(env: NodeJS.ProcessEnv): Promise<Task> {
  const telemetry = testTelemetry('trace');
  const answered: HeldCall[] = [];
  const config = testConfig({
    TRANSPORT: 'daily',
    DAILY_API_KEY: 'key-of-the-domain-0123456789',
    DAILY_PINLESS_HMAC: HMAC,
    PHONE_LIVE_CALLS_PER_NUMBER: '9',
    MAX_CALLS: '1',
    ...env,
  });
  const bot = await openBot(config, telemetry, {
    model: new ScriptedModel(),
    openCallService: (_config, deps) =>
      Promise.resolve(
        callsInRooms(deps, {
          ...noRooms('by telephone only'),
          health: { ok: true, detail: 'ready' },
          answer: (call) => {
            answered.push(call);
            return Promise.resolve(new MemoryTransport(deps.ticker));
          },
        }),
      ),
  });
  const { port } = await bot.start();
  return { bot, url: `http://127.0.0.1:${port}`, telemetry, answered };
}

async function startTasks(count: number, env: NodeJS.ProcessEnv = {}): Promise<[Task, Task]> {
  for (let n = 0; n < count; n += 1) {
    const task = await openTask({ PUBLIC_URL: balancer.url, START_HOPS: '4', ...env });
    tasks.push(task);
    balancer.register(task.url);
  }
  const [first, second = first] = tasks;
  if (first === undefined || second === undefined) throw new Error('no task');
  await telephone.configure({
    type: 'pinless_dialin',
    name_prefix: 'va',
    hmac: HMAC,
    room_creation_api: first.url + PATH,
  });
  return [first, second];
}

async function endCalls({ bot }: Task): Promise<void> {
  await Promise.all(bot.calls.list().map(({ id }) => bot.calls.end(id, 'operator')));
  await eventually(() => bot.calls.status.activeCalls === 0, 'no call left');
}

/** Callers who are there would be told goodbye for some seconds. */
async function stop(task: Task): Promise<void> {
  await endCalls(task);
  await task.bot.stop(0);
}

const said = ({ telemetry }: Task, msg: string) => telemetry.logged().filter((line) => line['msg'] === msg);

it.each([2, 3])(
  'phone 6: with %d tasks a call that comes to a full one is taken by one with room, once, and refused when all are full',
  async (count) => {
    const [first] = await startTasks(count);
    for (let n = 0; n < count; n += 1) expect((await telephone.ring()).status).toBe(200);
    expect(tasks.map(({ answered }) => answered.length)).toEqual(tasks.map(() => 1));
    expect(said(first, 'phone stream lost')).toEqual([]);

    const { call, status } = await telephone.ring();
    expect(status).toBe(429);
    expect(said(first, 'phone stream lost')).toMatchObject([{ why: 'no-room', attempts: 5, callSid: call.callId }]);
    // Whoever was asked last says nothing of a caller who is not theirs.
    expect(tasks.slice(1).flatMap((task) => said(task, 'phone stream lost'))).toEqual([]);
    expect(JSON.stringify(tasks.map(({ telemetry }) => telemetry.logged()))).not.toContain('14155550142');
  },
);

it('a call that is handed on has been on hold since it rang', async () => {
  const [first, second] = await startTasks(2);
  await telephone.ring();
  const beforeMs = systemClock.nowMs();
  const body = JSON.stringify({ To: '+14155550100', From: '+14155550142', callId: 'late', callDomain: 'domain' });
  const headers = { ...telephone.sign(body), 'X-Voice-Agent-Hop': '1', 'X-Voice-Agent-Held-Ms': '3000' };
  expect((await fetch(second.url + PATH, { method: 'POST', headers, body })).status).toBe(200);
  const heldMs = systemClock.nowMs() - (second.answered[0]?.rangAtMs ?? NaN);
  expect(heldMs).toBeGreaterThanOrEqual(3_000);
  expect(heldMs).toBeLessThanOrEqual(3_000 + systemClock.nowMs() - beforeMs);
  expect(said(first, 'call sent on')).toEqual([]);
});

it('a task that drains hands calls on; what a task with room refuses is refused, and asked of nobody else', async () => {
  const [first, second] = await startTasks(2);
  void first.bot.calls.drain(60_000);
  const body = JSON.stringify({ To: '+14155550100', From: '+14155550142', callId: 'x', callDomain: 'domain' });
  expect(await telephone.send(body, telephone.sign(body))).toBe(200);
  expect(said(first, 'call sent on')).toMatchObject([{ why: 'draining', hop: 1 }]);
  await endCalls(second);
  expect(await telephone.send(body, telephone.sign(body))).toBe(409);
});

it('where no load balancer answers, or none is told, a full task refuses as it does alone', async () => {
  for (const env of [{ PUBLIC_URL: 'http://127.0.0.1:9' }, { PUBLIC_URL: undefined }, { START_HOPS: '0' }]) {
    const [first] = await startTasks(1, env);
    await telephone.ring();
    expect((await telephone.ring()).status).toBe(429);
    await stop(first);
    tasks = [];
  }
});
