import type { Bot } from '../../../bot/bot';
import { openBot } from '../../../bot/compose';
import { type FakeTwilio, openTwilio } from '../../../testbed/fakes/twilio';
import type { CallEventKind, CallEventOf, FakeCall } from '../../../testbed/fakes/twilio/types';
import { testConfig } from '../../support/config';
import { eventually } from '../../support/eventually';
import { ScriptedModel } from '../../support/scripted-model';
import { testTelemetry } from '../../support/telemetry';

/* Tasks of one process, which is made late: what they serve late counts against those that have eight calls. */

const HOST = 'voice.example.com';
const JUDGED_FROM_CALLS = 8;
const LIMIT_MS = 20;
/** Of 500 beats in 10 s; more than one in a hundred for as long as the test looks. */
const LATE_BEATS = 20;

interface Task {
  readonly bot: Bot;
  readonly url: string;
}

let twilio: FakeTwilio;
let tasks: Task[];
let callers = 0;

beforeEach(async () => {
  twilio = await openTwilio({ hosts: { [HOST]: [] } });
  for (const number of twilio.numbers) number.voiceUrl = `https://${HOST}/phone/twilio/voice`;
  tasks = [await openTask(), await openTask()];
});

afterEach(async () => {
  for (const { bot } of tasks) await Promise.all(bot.calls.list().map(({ id }) => bot.calls.end(id, 'operator')));
  await Promise.all(tasks.map(({ bot }) => bot.stop(0)));
  await twilio.close();
});

async function openTask(): Promise<Task> {
  const config = testConfig({
    ...twilio.environment,
    PUBLIC_URL: `https://${HOST}`,
    BUSY_AT_LATENESS_MS: String(LIMIT_MS),
    MAX_CALLS: '30',
  });
  const bot = await openBot(config, testTelemetry(), { model: new ScriptedModel() });
  const { port } = await bot.start();
  return { bot, url: `http://127.0.0.1:${port}` };
}

const callsOf = ({ bot }: Task): number => bot.calls.status.activeCalls;

/** Callers whose calls come to one task, until it has so many. */
async function fill(task: Task, calls: number): Promise<void> {
  twilio.landOn(HOST, [task.url]);
  const missing = Array.from({ length: calls - callsOf(task) }, ring);
  await Promise.all(missing.map(connected));
}

function ring(): FakeCall {
  callers += 1;
  return twilio.ring({ from: `+1415555${1000 + callers}`, records: false });
}

const connected = (call: FakeCall) => call.waitFor('stream-started');

const reasonOf = async ({ url }: Task): Promise<unknown> => {
  const answer = (await (await fetch(`${url}/ready`)).json()) as { readonly reason?: string };
  return answer.reason;
};

/** Has this process do nothing else for longer than beats may be late, again and again. */
async function beLate(): Promise<void> {
  for (let beat = 0; beat < LATE_BEATS; beat += 1) {
    const untilMs = performance.now() + 3 * LIMIT_MS;
    while (performance.now() < untilMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const all = <K extends CallEventKind>(call: FakeCall, kind: K): CallEventOf<K>[] =>
  call.events.filter((event): event is CallEventOf<K> => event.kind === kind);

it('phone 6: a task that is late is as one that is full: its calls go to another, and where all are late a caller hears an apology', async () => {
  const [late, other] = tasks as [Task, Task];
  await fill(late, JUDGED_FROM_CALLS);
  await beLate();
  await eventually(async () => (await reasonOf(late)) === 'busy', 'a task that is late says so');
  expect(await reasonOf(other)).toBeUndefined();

  let streams = 0;
  twilio.landOn(HOST, ({ kind }) => (kind === 'upgrade' && (streams += 1) === 1 ? late.url : other.url));
  const call = ring();
  await connected(call);
  const landed = all(call, 'upgrade').map(({ status, landedOn }) => [status, landedOn]);
  expect(landed).toEqual([
    [429, late.url],
    [101, other.url],
  ]);
  expect(tasks.map(callsOf)).toEqual([JUDGED_FROM_CALLS, 1]);

  await fill(other, JUDGED_FROM_CALLS);
  await beLate();
  for (const task of tasks) await eventually(async () => (await reasonOf(task)) === 'busy', 'both are late');
  twilio.landOn(HOST, [late.url, other.url]);
  const last = ring();
  expect(await last.ended).toEqual({ status: 'completed', by: 'twiml' });
  const tries = all(last, 'upgrade');
  expect(tries.map(({ status }) => status)).toEqual(Array<number>(10).fill(429));
  expect(new Set(tries.map(({ landedOn }) => landedOn))).toEqual(new Set([late.url, other.url]));
  expect(all(last, 'played')).toHaveLength(1);
  expect(last.streams).toEqual([]);
  expect(tasks.map(callsOf)).toEqual([JUDGED_FROM_CALLS, JUDGED_FROM_CALLS]);
});
