import { reportServiceStats } from '../../../bot/telemetry/service-stats';
import { FakeClock } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';

describe('service stats, the line that autoscaling reads', () => {
  it('is written once a minute with the load of that moment, until it is stopped', () => {
    const clock = new FakeClock();
    const telemetry = testTelemetry();
    let activeCalls = 0;
    const stop = reportServiceStats({
      clock,
      telemetry,
      load: () => ({ activeCalls, maxCalls: 10 }),
      loopLag: () => ({ meanMs: 1, p99Ms: 2, maxMs: 3 }),
    });
    clock.advance(60_000);
    activeCalls = 4;
    clock.advance(60_000);
    stop();
    clock.advance(600_000);
    const stats = telemetry.logged();
    expect(stats.map((line) => line['activeCalls'])).toEqual([0, 4]);
    expect(stats[0]).toMatchObject({ msg: 'service stats', maxCalls: 10, eventLoopLagMs: 3 });
    expect(stats[0]?.['rssMb']).toBeGreaterThan(10);
    expect(clock.pendingTimers).toBe(0);
  });
});
