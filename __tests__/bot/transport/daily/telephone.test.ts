import { BotError } from '../../../../bot/errors';
import { endPointOf, GivingAway } from '../../../../bot/transport/daily/telephone/giving-away';
import { openLeg } from '../../../../bot/transport/daily/telephone/open-leg';
import { PhoneLine } from '../../../../bot/transport/daily/telephone/phone-line';
import { FakeClock, settle } from '../../../support/fake-clock';
import { testTelemetry } from '../../../support/telemetry';

/** A line whose call rang `rangMs` ago, and what became of it. */
function line(rangMs = 0) {
  const clock = new FakeClock();
  const seen: string[] = [];
  let answer: (error?: Error) => void = () => undefined;
  const made = new PhoneLine({
    call: { callId: 'call', callDomain: 'domain', rangAtMs: clock.nowMs() - rangMs },
    connect: () => {
      seen.push('update');
      return new Promise((resolve, reject) => (answer = (error) => (error === undefined ? resolve() : reject(error))));
    },
    clock,
    onHeldLong: () => seen.push('held long'),
    onConnected: (heldMs) => seen.push(`connected after ${heldMs}`),
    onLost: ({ code, message }) => seen.push(`${code}: ${message}`),
  });
  return { line: made, clock, seen, answer: (error?: Error) => answer(error) };
}

describe('a call that Daily holds', () => {
  it('is put through when the room says that it can be called: not before, and once', async () => {
    const { line: held, clock, seen, answer } = line(1_500);
    clock.advance(500);
    expect(seen).toEqual([]);
    const first = held.ready();
    await held.ready();
    answer();
    await first;
    await held.ready();
    expect(seen).toEqual(['update', 'connected after 2000']);
    held.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it('is given up 20 s after it rang, however late its room came', () => {
    const { clock, seen } = line(15_000);
    clock.advance(4_999);
    expect(seen).toEqual(['held long']);
    clock.advance(1);
    expect(seen).toEqual(['held long', 'peer_failed: a telephone call could not be put through in time']);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([0, 2_500, 6_500])(
    'counts as held long 6 s after it rang, once, where its room came after %d ms',
    async (rangMs) => {
      const { line: held, clock, seen, answer } = line(rangMs);
      clock.advance(Math.max(0, 5_999 - rangMs));
      expect(seen).toEqual(rangMs < 6_000 ? [] : ['held long']);
      clock.advance(1);
      expect(seen).toEqual(['held long']);
      const ready = held.ready();
      answer();
      await ready;
      clock.advance(14_000);
      expect(seen).toEqual(['held long', 'update', `connected after ${Math.max(6_000, rangMs + 1)}`]);
      held.stop();
    },
  );

  it('does not count so where it was put through, or is over, before', async () => {
    const { line: held, clock, seen, answer } = line();
    clock.advance(5_000);
    const ready = held.ready();
    answer();
    await ready;
    clock.advance(10_000);
    expect(seen).toEqual(['update', 'connected after 5000']);
    const { line: over, clock: other, seen: nothing } = line();
    over.stop();
    other.advance(30_000);
    expect(nothing).toEqual([]);
  });

  it('is told of in log and metrics while its caller listens to music', async () => {
    const clock = new FakeClock();
    const telemetry = testTelemetry();
    const call = { callId: 'call', callDomain: 'domain', rangAtMs: clock.nowMs() };
    const connect = (): Promise<void> => Promise.resolve();
    const none = (): void => undefined;
    const leg = openLeg({ kind: 'held', call, connect }, { clock, telemetry, dial: none, onLost: none });
    clock.advance(6_000);
    expect(telemetry.logged()).toMatchObject([{ msg: 'phone call held long', callSid: 'call' }]);
    expect(await telemetry.prometheus.render()).toMatch(/phone_calls_held_long_total 1/);
    await leg.ready();
    expect(telemetry.logged().at(-1)).toMatchObject({ msg: 'phone call connected', heldMs: 6_000 });
    leg.stop();
  });

  it('is given up when Daily does not put it through: its caller has hung up', async () => {
    const { line: held, seen, answer } = line();
    const ready = held.ready();
    answer(new BotError('daily_not_found', 'no such call'));
    await ready;
    expect(seen).toEqual(['update', 'peer_failed: Daily did not put a telephone call through']);
  });

  it('is given up when it fails on its way, or its caller does not come', async () => {
    const { line: held, clock, seen, answer } = line();
    void held.ready();
    answer();
    await settle();
    clock.advance(15_000);
    held.failed();
    expect(seen).toEqual(['update', 'connected after 0', 'peer_failed: a telephone caller did not come into the room']);
  });

  it('that is over says nothing more', async () => {
    const { line: held, clock, seen, answer } = line();
    const ready = held.ready();
    held.stop();
    answer();
    await ready;
    held.failed();
    clock.advance(60_000);
    expect(seen).toEqual(['update']);
  });
});

describe('a telephone caller who is given away', () => {
  const running = () => new AbortController().signal;

  it('is gone when they leave the room, and the room is kept for them', async () => {
    const giving = new GivingAway();
    expect(giving.left()).toBe(false);
    const outcome = giving.begin(running());
    expect(giving.left()).toBe(true);
    expect(await outcome).toEqual({ kind: 'given-away' });
    expect([giving.mayHaveGone, giving.left()]).toEqual([true, false]);
  });

  it('stays where Daily refuses', async () => {
    const giving = new GivingAway();
    const outcome = giving.begin(running());
    giving.refused();
    expect(await outcome).toEqual({ kind: 'failed', why: 'refused' });
    expect([giving.mayHaveGone, giving.left()]).toEqual([false, false]);
  });

  it('stays where nothing comes of it in time, but may yet go', async () => {
    const giving = new GivingAway();
    const asked = new AbortController();
    const outcome = giving.begin(asked.signal);
    asked.abort();
    expect(await outcome).toEqual({ kind: 'failed', why: 'no-answer' });
    expect([giving.mayHaveGone, giving.left()]).toEqual([true, false]);
  });

  it.each([
    ['tel:+14155550177', '+14155550177'],
    ['sip:desk@example.com', 'sip:desk@example.com'],
    ['sips:desk@example.com', undefined],
    ['https://example.com/desk', undefined],
  ])('%s is for Daily %s', (address, endPoint) => expect(endPointOf({ address })).toBe(endPoint));
});
