import { LoadBalancer } from '../../../testbed/fakes/ecs';
import { type FakeTwilio, openTwilio } from '../../../testbed/fakes/twilio';
import type { CallEventKind, CallEventOf, FakeCall } from '../../../testbed/fakes/twilio/types';
import { connectBots, phoneEnvironment } from '../../../testbed/processes';
import { Environment } from '../../e2e/support/environment';

/* Tasks with room for one call each, behind a load balancer that takes them in turn. */

let twilio: FakeTwilio;
let balancer: LoadBalancer;
let tasks: Environment[];

beforeEach(async () => {
  twilio = await openTwilio();
  balancer = await LoadBalancer.start();
  connectBots(twilio, [balancer.url]);
  tasks = [];
});

afterEach(async () => {
  await twilio.close();
  await Promise.all(tasks.map((task) => task.stop()));
  await balancer.close();
});

async function startTasks(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const task = await Environment.start({
      env: { ...phoneEnvironment(twilio), MAX_CALLS: '1', GREETING_PROMPT: 'Say exactly: "Hello."' },
      sandbox: { voice: 'tone' },
    });
    tasks.push(task);
    balancer.register(task.baseUrl);
  }
}

const all = <K extends CallEventKind>(call: FakeCall, kind: K): CallEventOf<K>[] =>
  call.events.filter((event): event is CallEventOf<K> => event.kind === kind);

async function ring(n: number): Promise<FakeCall> {
  const call = twilio.ring({ from: `+1415555018${n}`, records: false });
  await Promise.race([call.waitFor('audio'), call.ended]).catch(() => undefined);
  return call;
}

it.each([2, 3])(
  'phone 6: with %d tasks a call is refused by a full one and taken by one with room; with all full it hears an apology',
  async (count) => {
    await startTasks(count);
    const calls: FakeCall[] = [];
    for (let n = 0; n < count; n += 1) calls.push(await ring(n));
    expect(calls.map(({ status }) => status)).toEqual(calls.map(() => 'in-progress'));
    for (const task of tasks) expect(await task.metric('voice_agent_calls_active')).toBe(1);

    const late = await ring(9);
    expect(await late.ended).toEqual({ status: 'completed', by: 'twiml' });
    const tries = all(late, 'upgrade');
    expect(tries.every(({ status }) => status >= 400)).toBe(true);
    expect(tries.length).toBe(10);
    expect(all(late, 'played')).toHaveLength(1);
    expect(late.streams).toEqual([]);
    // A try that is refused is what Twilio complains of, and nothing else.
    expect(new Set(twilio.errors.map(({ code }) => code))).toEqual(new Set([31920]));
  },
);
