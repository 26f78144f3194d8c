import { BeatLateness } from '../../../bot/time/beat-lateness';
import { Ticker } from '../../../bot/time/ticker';
import { FakeClock } from '../../support/fake-clock';

function setUp(maxCatchUpMs?: number) {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const ticker = new Ticker({
    periodMs: 32,
    clock,
    onListenerError: (error) => errors.push(error),
    ...(maxCatchUpMs === undefined ? {} : { maxCatchUpMs }),
  });
  return { clock, ticker, errors };
}

describe('Ticker', () => {
  it('beats once a period, counting from 0', () => {
    const { clock, ticker } = setUp();
    const ticks: number[] = [];
    ticker.subscribe((tick) => ticks.push(tick));
    clock.advance(31);
    expect(ticks).toEqual([]);
    clock.advance(1 + 32 * 2);
    expect(ticks).toEqual([0, 1, 2]);
  });

  it('does not drift though each timer fires a little late', () => {
    const { clock, ticker } = setUp();
    let ticks = 0;
    ticker.subscribe(() => {
      ticks += 1;
      clock.stall(5);
    });
    clock.advance(32 * 100);
    expect(ticks).toBeGreaterThanOrEqual(100);
    expect(ticks).toBeLessThanOrEqual(100 + Math.ceil((5 * 100) / 32) + 1);
  });

  it('catches up tick by tick after a late event loop', () => {
    const { clock, ticker } = setUp();
    const ticks: number[] = [];
    ticker.subscribe((tick) => ticks.push(tick));
    clock.stall(32 * 5);
    clock.advance(0);
    expect(ticks).toEqual([0, 1, 2, 3, 4]);
    expect(ticker.takeWorstLatenessMs()).toBe(32 * 4);
    expect(ticker.takeWorstLatenessMs()).toBe(0);
  });

  it('gives up the beats of a stall longer than it may catch up', () => {
    const { clock, ticker } = setUp(100);
    const ticks: number[] = [];
    ticker.subscribe((tick) => ticks.push(tick));
    clock.stall(10_000);
    clock.advance(0);
    expect(ticks).toEqual([0]);
    clock.advance(32);
    expect(ticks).toEqual([0, 1]);
  });

  it('runs no timer while nobody listens', () => {
    const { clock, ticker } = setUp();
    const unsubscribe = ticker.subscribe(() => undefined);
    expect(clock.pendingTimers).toBe(1);
    unsubscribe();
    unsubscribe();
    expect(clock.pendingTimers).toBe(0);
    expect(ticker.listenerCount).toBe(0);
  });

  it('keeps one listener’s exception from the others', () => {
    const { clock, ticker, errors } = setUp();
    let heard = 0;
    ticker.subscribe(() => {
      throw new Error('mine');
    });
    ticker.subscribe(() => (heard += 1));
    clock.advance(64);
    expect(heard).toBe(2);
    expect(errors).toHaveLength(2);
  });

  it('does not call a listener that another one has just taken off', () => {
    const { clock, ticker } = setUp();
    let heard = 0;
    const late = { unsubscribe: (): void => undefined };
    ticker.subscribe(() => late.unsubscribe());
    late.unsubscribe = ticker.subscribe(() => (heard += 1));
    clock.advance(64);
    expect(heard).toBe(0);
  });

  it('starts no second timer when the last listener leaves and another comes within one beat', () => {
    const { clock, ticker } = setUp();
    let heard = 0;
    const unsubscribe = ticker.subscribe(() => {
      unsubscribe();
      ticker.subscribe(() => (heard += 1));
    });
    clock.advance(32);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(32 * 3);
    expect(heard).toBe(3);
  });
});

describe('a ticker under load', () => {
  it('leaves others their turn when its listeners take longer than the period', () => {
    const clock = new FakeClock();
    const ticker = new Ticker({ periodMs: 20, clock, onListenerError: () => undefined });
    let beats = 0;
    const turns: number[] = [];
    clock.after(30, () => turns.push(beats));
    const leave = ticker.subscribe(() => {
      clock.stall(25);
      beats += 1;
      if (beats > 1_000) leave();
    });
    clock.advance(30);
    expect(turns).toEqual([1]);
    leave();
  });

  it('tells how late the last listener of each beat was served, over the window', () => {
    const clock = new FakeClock();
    const lateness = new BeatLateness(1_000, 200);
    const ticker = new Ticker({ periodMs: 20, clock, lateness, onListenerError: () => undefined });
    expect(lateness.summary(clock.nowMs())).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
    let workMs = 3;
    ticker.subscribe(() => clock.stall(workMs));
    clock.advance(800);
    expect(lateness.summary(clock.nowMs())).toEqual({ p50Ms: 3, p99Ms: 3, maxMs: 3 });
    workMs = 70;
    clock.advance(20);
    workMs = 3;
    expect(lateness.summary(clock.nowMs()).maxMs).toBeGreaterThanOrEqual(70);
    expect(lateness.heard).toBeGreaterThanOrEqual(1);
    clock.advance(2_000);
    expect(lateness.summary(clock.nowMs()).maxMs).toBe(3);
  });
});
