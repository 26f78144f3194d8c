import { CallLength } from '../../../bot/call/call-length';
import { FakeClock } from '../../support/fake-clock';

function setup(maxCallMs = 600_000) {
  const clock = new FakeClock();
  const seen: string[] = [];
  const length = new CallLength({
    clock,
    maxCallMs,
    events: {
      onNearlyOver: (leftMs) => seen.push(`nearly over, ${leftMs / 1000} s left`),
      onOver: () => seen.push('over'),
    },
  });
  return { clock, length, seen };
}

describe('the length of a call', () => {
  it('announces the end a minute before it comes', () => {
    const { clock, length, seen } = setup();
    length.start();
    clock.advance(539_999);
    expect(seen).toEqual([]);
    clock.advance(1);
    expect(seen).toEqual(['nearly over, 60 s left']);
    clock.advance(60_000);
    expect(seen).toEqual(['nearly over, 60 s left', 'over']);
  });

  it('announces the end of a very short call at three quarters of it', () => {
    const { clock, length, seen } = setup(20_000);
    length.start();
    clock.advance(20_000);
    expect(seen).toEqual(['nearly over, 5 s left', 'over']);
  });

  it('leaves no timer behind when stopped', () => {
    const { clock, length } = setup();
    length.start();
    length.stop();
    length.start();
    length.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
