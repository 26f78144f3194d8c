import { HoldNotices } from '../../../bot/call/hold-notices';
import { FakeClock } from '../../support/fake-clock';

function setUp() {
  const clock = new FakeClock();
  const said: string[] = [];
  const line = { quiet: true };
  const holdNotices = new HoldNotices(
    clock,
    () => line.quiet,
    (times) => said.push(`${times} at ${clock.nowMs() - startMs} ms`),
  );
  const startMs = clock.nowMs();
  return { clock, said, line, holdNotices };
}

describe('a caller who waits', () => {
  it('for an answer, hears after four seconds that it takes a moment, and every six that it goes on', () => {
    const { clock, said, holdNotices } = setUp();
    holdNotices.await('answer');
    clock.advance(17_000);
    expect(said).toEqual(['1 at 4000 ms', '2 at 10000 ms', '3 at 16000 ms']);
    holdNotices.arrived('answer');
    clock.advance(60_000);
    expect(said).toHaveLength(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it('for the model to be reached again, is told sooner; a loss while waiting does not start the wait anew', () => {
    const { clock, said, holdNotices } = setUp();
    holdNotices.await('answer');
    clock.advance(1_000);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      holdNotices.await('model');
      clock.advance(900);
    }
    expect(said).toEqual(['1 at 3500 ms']);
  });

  it('is told nothing when all comes in time, and the next wait begins from the beginning', () => {
    const { clock, said, holdNotices } = setUp();
    holdNotices.await('answer');
    clock.advance(3_900);
    holdNotices.arrived('model');
    holdNotices.arrived('answer');
    clock.advance(10_000);
    holdNotices.await('answer');
    clock.advance(3_900);
    expect(said).toEqual([]);
  });

  it('goes on waiting for what has not come', () => {
    const { clock, said, holdNotices } = setUp();
    holdNotices.await('answer');
    holdNotices.await('model');
    clock.advance(1_000);
    holdNotices.arrived('model');
    clock.advance(3_000);
    expect(said).toHaveLength(1);
  });

  it('is not spoken to while anybody speaks', () => {
    const { clock, said, line, holdNotices } = setUp();
    holdNotices.await('answer');
    line.quiet = false;
    clock.advance(6_500);
    expect(said).toEqual([]);
    line.quiet = true;
    clock.advance(500);
    expect(said).toEqual(['1 at 7000 ms']);
  });

  it('and goes on speaking, waits from his last word', () => {
    const { clock, said, holdNotices } = setUp();
    holdNotices.callerPaused();
    holdNotices.await('answer');
    clock.advance(3_000);
    holdNotices.callerPaused();
    clock.advance(3_900);
    expect(said).toEqual([]);
    clock.advance(100);
    expect(said).toEqual(['1 at 7000 ms']);
  });
});
