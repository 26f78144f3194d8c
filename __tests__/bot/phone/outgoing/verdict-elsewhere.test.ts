import type { Bot } from '../../../../bot/bot';
import { openBot } from '../../../../bot/compose';
import { LoadBalancer } from '../../../../testbed/fakes/ecs';
import { type FakeTwilio, openTwilio } from '../../../../testbed/fakes/twilio';
import { testConfig } from '../../../support/config';
import { eventually } from '../../../support/eventually';
import { ScriptedModel } from '../../../support/scripted-model';
import { testTelemetry, type TestTelemetry } from '../../../support/telemetry';

/* Two tasks behind a load balancer; the word of who answered comes to the one that has not the call. */

const KEY = 'a-key-for-calls-out';
const CALLEE = '+14155550177';
const AMD = '/phone/twilio/amd';

interface Task {
  readonly bot: Bot;
  readonly url: string;
  readonly telemetry: TestTelemetry;
}

let twilio: FakeTwilio;
let balancer: LoadBalancer;
let here: Task;
let other: Task;

beforeAll(async () => {
  [twilio, balancer] = await Promise.all([openTwilio(), LoadBalancer.start()]);
  [here, other] = [await openTask(), await openTask()];
  twilio.callee(CALLEE, { kind: 'answers', verdictAfterMs: 60_000 });
});
afterAll(async () => {
  await Promise.all([here, other].map(({ bot }) => bot.stop(0)));
  await twilio.close();
  await balancer.close();
});

async function openTask(): Promise<Task> {
  const telemetry = testTelemetry();
  const config = testConfig({
    ...twilio.environment,
    PUBLIC_URL: balancer.url,
    START_HOPS: '3',
    PHONE_CALLS_KEY: KEY,
    PHONE_CALLS_PREFIXES: '+1415',
    PHONE_CALLS_FROM: '+14155550100',
  });
  const bot = await openBot(config, telemetry, { model: new ScriptedModel() });
  const { port } = await bot.start();
  return { bot, url: `http://127.0.0.1:${port}`, telemetry };
}

/** Twilio's word of who answered, as it comes to one task. */
async function tell(task: Task, callSid: string): Promise<number> {
  const fields = { CallSid: callSid, AccountSid: twilio.accountSid, AnsweredBy: 'machine_start' };
  const headers = { 'X-Twilio-Signature': twilio.sign(balancer.url + AMD, fields, 'plain') };
  return (await fetch(task.url + AMD, { method: 'POST', headers, body: new URLSearchParams(fields) })).status;
}

const said = ({ telemetry }: Task) => telemetry.logged().filter(({ msg }) => msg === 'phone answered by');

it('phone 20: who answered is told to the task that has the call, to whichever it was said', async () => {
  balancer.register(here.url);
  const answer = await fetch(`${here.url}/phone/calls`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ to: CALLEE }),
  });
  const { callSid } = (await answer.json()) as { callSid: string };
  await eventually(() => here.bot.calls.status.activeCalls === 1, 'somebody has answered');
  balancer.register(other.url);

  expect(await tell(other, callSid)).toBe(204);
  await eventually(() => here.bot.calls.status.activeCalls === 0, 'the bot has hung up on the machine');
  expect(said(here)).toMatchObject([{ callSid, by: 'machine_start', late: false }]);
  expect(said(other)).toEqual([]);

  // Nobody has it now.
  expect(await tell(other, callSid)).toBe(204);
  expect(said(other)).toMatchObject([{ callSid, late: true }]);
});
