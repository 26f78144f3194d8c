import { CallLimits } from '../../../bot/call/call-limits';
import { FakeClock } from '../../support/fake-clock';

function setup(maxCallMs = 600_000, userAbsentMs = 30_000) {
  const clock = new FakeClock();
  const seen: string[] = [];
  const limits = new CallLimits({
    clock,
    maxCallMs,
    userAbsentMs,
    events: {
      onAbsent: () => seen.push('absent'),
      onAbsentForGood: () => seen.push('absent for good'),
      onNearlyOver: (leftMs) => seen.push(`nearly over, ${leftMs / 1000} s left`),
      onOver: () => seen.push('over'),
    },
  });
  return { clock, limits, seen };
}

describe('limits of a call', () => {
  it('announces the end a minute before it comes', () => {
    const { clock, limits, seen } = setup();
    limits.start();
    clock.advance(539_999);
    expect(seen).toEqual([]);
    clock.advance(1);
    expect(seen).toEqual(['nearly over, 60 s left']);
    clock.advance(60_000);
    expect(seen).toEqual(['nearly over, 60 s left', 'over']);
  });

  it('announces the end of a very short call at three quarters of it', () => {
    const { clock, limits, seen } = setup(20_000);
    limits.start();
    clock.advance(20_000);
    expect(seen).toEqual(['nearly over, 5 s left', 'over']);
  });

  it('asks an absent caller first, and hangs up only when the question is not answered', () => {
    const { clock, limits, seen } = setup();
    limits.resume();
    clock.advance(30_000);
    expect(seen).toEqual(['absent']);
    limits.pause(); // the question is being spoken
    clock.advance(5_000);
    limits.resume();
    clock.advance(15_000);
    expect(seen).toEqual(['absent', 'absent for good']);
  });

  it('forgets the question as soon as the caller does something', () => {
    const { clock, limits, seen } = setup();
    limits.resume();
    clock.advance(30_000);
    limits.resume();
    limits.callerActive();
    clock.advance(30_000);
    expect(seen).toEqual(['absent', 'absent']);
  });

  it('does not count the time in which the bot speaks (idle prompts must not come while it talks)', () => {
    const { clock, limits, seen } = setup();
    limits.resume();
    clock.advance(29_000);
    limits.pause();
    clock.advance(600_000);
    expect(seen).toEqual([]);
  });

  it('leaves no timer behind when stopped', () => {
    const { clock, limits } = setup();
    limits.start();
    limits.resume();
    limits.stop();
    limits.resume();
    limits.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
