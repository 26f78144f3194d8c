import { createLogger } from '../../../bot/telemetry/logger';
import { logServiceStats } from '../../../bot/telemetry/service-stats';
import { FakeClock } from '../../support/fake-clock';

describe('service stats, the line that autoscaling reads', () => {
  it('is written once a minute with the load of that moment, until it is stopped', () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    let activeCalls = 0;
    const stop = logServiceStats({
      clock,
      logger: createLogger({ level: 'info', version: 'test', destination: { write: (line) => void lines.push(line) } }),
      load: () => ({ activeCalls, maxCalls: 10 }),
      loopLag: () => ({ meanMs: 1, p99Ms: 2, maxMs: 3 }),
    });
    clock.advance(60_000);
    activeCalls = 4;
    clock.advance(60_000);
    stop();
    clock.advance(600_000);
    const stats = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(stats.map((line) => line['activeCalls'])).toEqual([0, 4]);
    expect(stats[0]).toMatchObject({ msg: 'service stats', maxCalls: 10, eventLoopLagMs: 3 });
    expect(stats[0]?.['rssMb']).toBeGreaterThan(10);
    expect(clock.pendingTimers).toBe(0);
  });
});
