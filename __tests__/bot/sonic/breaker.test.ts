import { Breaker } from '../../../bot/sonic/breaker';
import { watchdogFailure, type StreamFailure } from '../../../bot/sonic/stream/failure';
import { FakeClock, settle } from '../../support/fake-clock';

const THROTTLED = watchdogFailure('model_throttled', 'too many');
const ONE_CALLS_FAULT = watchdogFailure('model_rejected_input', 'a bad prompt');

function setUp() {
  const clock = new FakeClock();
  const changes: string[] = [];
  const probes: ((failure: StreamFailure | undefined) => void)[] = [];
  const breaker = new Breaker({
    clock,
    rules: { breakAfterFailures: 3, breakForMs: 3_000, breakForMaxMs: 10_000, breakWindowMs: 60_000 },
    probe: () => new Promise((resolve) => probes.push(resolve)),
    onChange: (state, code) => changes.push(code === undefined ? state : `${state} ${code}`),
  });
  const fail = (times: number, failure = THROTTLED): void => {
    for (let i = 0; i < times; i += 1) breaker.onAttempt(failure);
  };
  return { clock, changes, probes, breaker, fail };
}

describe('a circuit breaker over the model', () => {
  it('opens after a row of failures, whoever they happened to, and says when to come again', () => {
    const { breaker, fail, changes } = setUp();
    fail(2);
    expect(breaker.health).toEqual({ ok: true });
    fail(1);
    expect(breaker.health).toMatchObject({ ok: false, retryAfterMs: 3_000 });
    expect(breaker.health).toMatchObject({ detail: expect.stringContaining('model_throttled') as string });
    expect(changes).toEqual(['open model_throttled']);
  });

  it('does not count failures between which something came about, nor those of one call, nor old ones', () => {
    const { breaker, fail, clock } = setUp();
    fail(2);
    breaker.onAttempt(undefined);
    fail(2);
    fail(5, ONE_CALLS_FAULT);
    clock.advance(60_001);
    fail(2);
    expect(breaker.health.ok).toBe(true);
  });

  it('probes the model by itself, less and less often, until it is back', async () => {
    const { breaker, fail, clock, probes, changes } = setUp();
    fail(3);
    clock.advance(2_999);
    expect(probes).toHaveLength(0);
    clock.advance(1);
    expect(probes).toHaveLength(1);
    expect(breaker.health.ok).toBe(false);
    probes[0]?.(THROTTLED);
    await settle();
    clock.advance(5_999);
    expect(probes).toHaveLength(1);
    clock.advance(1);
    probes[1]?.(THROTTLED);
    await settle();
    clock.advance(10_000);
    probes[2]?.(undefined);
    await settle();
    expect(breaker.health).toEqual({ ok: true });
    expect(changes).toEqual(['open model_throttled', 'closed']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is closed by a call that gets through, even while a probe is under way', async () => {
    const { breaker, fail, clock, probes, changes } = setUp();
    fail(3);
    clock.advance(3_000);
    breaker.onAttempt(undefined);
    expect(breaker.health.ok).toBe(true);
    probes[0]?.(THROTTLED);
    await settle();
    expect(breaker.health.ok).toBe(true);
    expect(changes).toEqual(['open model_throttled', 'closed']);
  });

  it('leaves no timer when it is stopped, and does nothing any more', () => {
    const { breaker, fail, clock } = setUp();
    fail(3);
    breaker.stop();
    breaker.stop();
    expect(clock.pendingTimers).toBe(0);
    breaker.onAttempt(undefined);
    expect(breaker.health.ok).toBe(false);
  });
});
