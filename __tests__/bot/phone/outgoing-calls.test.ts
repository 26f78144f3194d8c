import { readConfig } from '../../../bot/config';
import { BotError } from '../../../bot/errors';
import { FrontDesk } from '../../../bot/phone/front-desk';
import { OutgoingCalls } from '../../../bot/phone/outgoing/outgoing-calls';
import { CostLimits } from '../../../bot/usage-limits';
import { MemoryLedger } from '../../../bot/usage-limits/memory-ledger';
import { FakeClock } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';

const OWN = '+14155550100';
const CALLEE = '+14155550177';

/** Tasks that may make two calls at a time each, share a table of what was claimed, and a carrier that answers when told to. */
function open(count = 1) {
  const { phone } = readConfig({
    PHONE_PROVIDER: 'twilio',
    PUBLIC_URL: 'https://voice.example.com',
    PHONE_STREAM_KEY: Buffer.alloc(32, 7).toString('base64'),
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'a'.repeat(32),
    PHONE_CALLS_KEY: 'a-key-for-calls-out',
    PHONE_CALLS_PREFIXES: '+1415',
    PHONE_CALLS_FROM: OWN,
    PHONE_CALLS_AT_ONCE: '2',
  });
  if (phone?.outbound === undefined) throw new Error('no calls out');
  const clock = new FakeClock();
  const telemetry = testTelemetry();
  const claimed = new Set<string>();
  const claims = { claim: async (name: string) => claimed.size < claimed.add(name).size, close: () => undefined };
  const lines = {
    refusalFor: () => undefined,
    reserve: () => Promise.reject(new Error('nobody answers here')),
    release: () => undefined,
    begin: () => undefined,
    end: () => Promise.resolve(),
  };
  let dialled = 0;
  const carrier = {
    answers: Promise.resolve(),
    fails: undefined as BotError | undefined,
    dial: async () => {
      dialled += 1;
      const callSid = `CA${String(dialled).padStart(32, '0')}`;
      await carrier.answers;
      if (carrier.fails !== undefined) throw carrier.fails;
      return { callSid, status: 'queued' };
    },
    hangUp: () => Promise.resolve(),
  };
  const limits = { calls: undefined, callsPerCaller: 10, minutes: 60, tokens: undefined, dollars: undefined };
  const status = { activeCalls: 0, maxCalls: 10, draining: false, standingDown: false, agents: [] };
  const config = phone.outbound;
  const tasks = Array.from({ length: count }, () => {
    const desk = new FrontDesk({
      config: phone,
      lines,
      claims,
      withheld: undefined,
      outbound: undefined,
      clock,
      telemetry,
    });
    return new OutgoingCalls({
      config,
      ownNumbers: [],
      maxCallMs: 60_000,
      desk,
      carrier,
      calls: { status },
      agents: { prepare: () => Promise.resolve({} as never) },
      limits: new CostLimits({ ledger: new MemoryLedger(limits), limits, clock, telemetry }),
      claims,
      callerKeyOf: (number) => number,
      clock,
      telemetry,
    });
  });
  return { tasks, task: tasks[0]!, clock, carrier, status, dialled: () => dialled };
}

const codesOf = async (calls: readonly Promise<unknown>[]): Promise<(string | undefined)[]> =>
  (await Promise.allSettled(calls)).map((one) =>
    one.status === 'rejected' ? (one.reason as BotError).code : undefined,
  );

describe('phone 20: calls that the bot makes', () => {
  it('are as many at a time as may be, however many are asked for at once', async () => {
    const { task, clock, dialled } = open();
    const request = { to: CALLEE };
    const codes = await codesOf(Array.from({ length: 20 }, () => task.call(request, undefined)));
    expect(codes.filter((code) => code === undefined)).toHaveLength(2);
    expect(codes.filter((code) => code === 'at_capacity')).toHaveLength(18);
    expect(dialled()).toBe(2);
    clock.advance(50_000);
    await expect(task.call(request, undefined)).resolves.toMatchObject({ status: 'queued' });
  });

  it('give their place back when the carrier refuses, and when they were over before it said what they are', async () => {
    const { task, carrier } = open();
    carrier.fails = new BotError('carrier_refused', 'no');
    for (let n = 0; n < 4; n += 1) {
      await expect(task.call({ to: CALLEE }, undefined)).rejects.toMatchObject({ code: 'carrier_refused' });
    }
    carrier.fails = undefined;
    for (let n = 5; n < 9; n += 1) {
      task.changed(`CA${String(n).padStart(32, '0')}`, 'busy');
      await expect(task.call({ to: CALLEE }, undefined)).resolves.toBeDefined();
    }
  });

  it('are not made to the bot itself', async () => {
    await expect(open().task.call({ to: OWN }, undefined)).rejects.toMatchObject({ code: 'destination_refused' });
  });
});

describe('phone 20: a key of a request', () => {
  it('is free again after a refusal of ours, on every task', async () => {
    const { tasks, status, dialled } = open(2);
    status.draining = true;
    for (const task of tasks) {
      await expect(task.call({ to: CALLEE }, 'order-4711')).rejects.toMatchObject({ code: 'draining' });
    }
    status.draining = false;
    await expect(tasks[1]!.call({ to: CALLEE }, 'order-4711')).resolves.toBeDefined();
    await expect(tasks[0]!.call({ to: CALLEE }, 'order-4711')).rejects.toMatchObject({ code: 'request_conflict' });
    expect(dialled()).toBe(1);
  });

  it('calls nobody twice where the answer of the carrier was lost', async () => {
    const { task, carrier, dialled } = open();
    carrier.fails = new BotError('carrier_unavailable', 'lost');
    const codes = await codesOf([task.call({ to: CALLEE }, 'order-4711'), task.call({ to: CALLEE }, 'order-4711')]);
    carrier.fails = undefined;
    expect([...codes, ...(await codesOf([task.call({ to: CALLEE }, 'order-4711')]))]).toEqual(
      Array.from({ length: 3 }, () => 'carrier_unavailable'),
    );
    expect(dialled()).toBe(1);
  });
});
