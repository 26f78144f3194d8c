import { CostLimits } from '../../../bot/usage-limits/cost-limits';
import { MemoryLedger } from '../../../bot/usage-limits/memory-ledger';
import type { UsageLedger, UsageLimits } from '../../../bot/usage-limits/usage-ledger';
import { FakeClock, settle } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';

const NO_LIMITS: UsageLimits = {
  callsPerCaller: undefined,
  calls: undefined,
  minutes: undefined,
  tokens: undefined,
  dollars: undefined,
};

/** Several tasks that share what they have used, as they do a table. */
function setup(limits: Partial<UsageLimits>, tasks = 1) {
  const all = { ...NO_LIMITS, ...limits };
  const clock = new FakeClock();
  const telemetry = testTelemetry();
  const shared = new MemoryLedger(all);
  const failing = new Set<string>();
  const ledger: UsageLedger = {
    begin: (...of) => (failing.has('begin') ? Promise.reject(new Error('away')) : shared.begin(...of)),
    giveBack: (...of) => shared.giveBack(...of),
    add: (...of) => (failing.has('report') ? Promise.reject(new Error('away')) : shared.add(...of)),
    close: () => shared.close(),
  };
  const costs = Array.from({ length: tasks }, () => new CostLimits({ ledger, limits: all, clock, telemetry }));
  return { clock, telemetry, failing, costs, one: costs[0]! };
}

describe('limits on what a day may cost', () => {
  it('refuse the call of a caller that is one too many, and say until when; others are not concerned', async () => {
    const { one, clock } = setup({ callsPerCaller: 2 });
    await one.admit('a', 'ann');
    await one.admit('b', 'ann');
    const refused = one.admit('c', 'ann');
    await expect(refused).rejects.toMatchObject({
      code: 'caller_limit_reached',
      status: 429,
      retryable: true,
      message: 'You have had all 2 calls of today. Please call again tomorrow (after midnight UTC).',
    });
    const { retryAfterSeconds } = (await refused.catch((error: unknown) => error)) as { retryAfterSeconds: number };
    await one.admit('d', 'bob');
    clock.advance(retryAfterSeconds * 1000);
    await one.admit('e', 'ann');
  });

  it('hold for all tasks together', async () => {
    const { costs } = setup({ calls: 3 }, 2);
    await costs[0]!.admit('a', 'ann');
    await costs[1]!.admit('b', 'bob');
    await costs[0]!.admit('c', 'cem');
    await expect(costs[1]!.admit('d', 'dan')).rejects.toMatchObject({ code: 'day_quota_reached', status: 503 });
  });

  it('count minutes while they pass, of all tasks, and refuse when they are used up', async () => {
    const { costs, clock } = setup({ minutes: 5 }, 2);
    for (const [index, cost] of costs.entries()) {
      await cost.admit(`call-${index}`, 'ann');
      cost.begun(`call-${index}`);
    }
    await clock.advanceAsync(120_000, 10_000);
    await costs[0]!.admit('early', 'bob');
    await clock.advanceAsync(60_000, 10_000);
    await expect(costs[0]!.admit('late', 'bob')).rejects.toMatchObject({
      code: 'day_quota_reached',
      message: 'All 5 minutes of today are used up. Please call again tomorrow (after midnight UTC).',
    });
  });

  it('count the seconds of a call to its end, and leave no timer when it is over', async () => {
    const { one, clock } = setup({ minutes: 1 });
    await one.admit('a', 'ann');
    one.begun('a');
    await clock.advanceAsync(59_000, 1_000);
    one.ended('a');
    one.ended('a');
    await settle();
    await one.admit('b', 'ann');
    one.begun('b');
    await clock.advanceAsync(1_000, 1_000);
    one.ended('b');
    await settle();
    await expect(one.admit('c', 'ann')).rejects.toMatchObject({ code: 'day_quota_reached' });
    await clock.advanceAsync(60_000, 10_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('do not count a call of which nothing came', async () => {
    const { one } = setup({ callsPerCaller: 1, calls: 1 });
    await one.admit('a', 'ann');
    one.ended('a');
    one.ended('a');
    await settle();
    await one.admit('b', 'ann');
  });

  it('P3: forget a call whose caller and model never came together, however long it held a place', async () => {
    const { one, clock } = setup({ callsPerCaller: 1, calls: 1 });
    await one.admit('a', 'ann');
    clock.advance(120_000);
    one.ended('a');
    await settle();
    await one.admit('b', 'ann');
  });

  it('P2: tell the calls that are there when the tokens or dollars of the day are used up, whichever task used them', async () => {
    const { costs, clock } = setup({ dollars: 1 }, 2);
    const [one, two] = [costs[0]!, costs[1]!];
    await one.admit('a', 'ann');
    await two.admit('b', 'bob');
    one.begun('a');
    two.begun('b');
    one.spent('a', { tokens: 1_000_000, dollars: 0.6 });
    two.spent('b', { tokens: 1_000_000, dollars: 0.4 });
    await settle();
    expect([one.isDaySpent, two.isDaySpent]).toEqual([false, false]);
    await clock.advanceAsync(20_000, 10_000);
    expect([one.isDaySpent, two.isDaySpent]).toEqual([true, true]);
    await expect(one.admit('c', 'cem')).rejects.toMatchObject({
      code: 'day_quota_reached',
      message: 'All $1 of today are used up. Please call again tomorrow (after midnight UTC).',
    });
    clock.advance(86_400_000);
    expect(one.isDaySpent).toBe(false);
  });

  it('watch no spending where only calls and minutes are limited, and end no call for its minutes', async () => {
    const { one, clock } = setup({ minutes: 1 });
    await one.admit('a', 'ann');
    one.begun('a');
    one.spent('a', { tokens: 1e9, dollars: 1e6 });
    await clock.advanceAsync(120_000, 10_000);
    expect(one.isDaySpent).toBeUndefined();
  });

  it('never let two through where one may come', async () => {
    const { costs } = setup({ calls: 1 }, 2);
    const outcomes = await Promise.allSettled(costs.map((cost, index) => cost.admit(`c${index}`, `caller ${index}`)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('hold by what a task has counted itself while the table is away, which is said and counted', async () => {
    const { one, failing, telemetry } = setup({ callsPerCaller: 1 });
    failing.add('begin');
    await one.admit('a', 'ann');
    await expect(one.admit('b', 'ann')).rejects.toMatchObject({ code: 'caller_limit_reached' });
    expect(telemetry.logged()).toContainEqual(expect.objectContaining({ msg: 'usage not known', step: 'begin' }));
    expect(await telemetry.prometheus.render()).toContain('usage_unknown_total{step="begin"} 1');
  });

  it('tell seconds that the table did not take with the next ones', async () => {
    const { costs, clock, failing } = setup({ minutes: 2 }, 2);
    await costs[0]!.admit('a', 'ann');
    costs[0]!.begun('a');
    failing.add('report');
    await clock.advanceAsync(60_000, 10_000);
    failing.clear();
    await costs[1]!.admit('not yet known', 'bob');
    await clock.advanceAsync(60_000, 10_000);
    await costs[0]!.close();
    await expect(costs[1]!.admit('b', 'bob')).rejects.toMatchObject({ code: 'day_quota_reached' });
  });

  it('keep no name of a caller, not even the same mark on two days', async () => {
    const seen: string[] = [];
    const clock = new FakeClock();
    const limits = { ...NO_LIMITS, callsPerCaller: 5 };
    const ledger: UsageLedger = {
      begin: (day, key) => {
        seen.push(`${day} ${key}`);
        return Promise.resolve('fits');
      },
      giveBack: () => Promise.resolve(),
      add: (_day, amounts) => Promise.resolve(amounts),
      close: () => undefined,
    };
    const telemetry = testTelemetry('trace');
    const one = new CostLimits({ ledger, limits, clock, telemetry });
    await one.admit('a', '192.0.2.7');
    clock.advance(86_400_000);
    await one.admit('b', '192.0.2.7');
    const [first, second] = seen.map((entry) => entry.split(' ')[1]);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).not.toBe(first);
    expect(JSON.stringify([seen, telemetry.lines])).not.toContain('192.0.2.7');
  });
});
