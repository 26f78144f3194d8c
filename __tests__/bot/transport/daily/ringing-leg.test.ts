import { RingingLeg } from '../../../../bot/transport/daily/telephone/ringing-leg';
import { FakeClock } from '../../../support/fake-clock';

/** A telephone that is to be rung for ten seconds, and what became of it. */
function leg() {
  const clock = new FakeClock();
  const seen: string[] = [];
  const ringing = new RingingLeg({
    call: { ringMs: 10_000, onOutcome: (outcome) => seen.push(outcome) },
    dial: () => seen.push('dial'),
    clock,
    onLost: ({ code }) => seen.push(code),
  });
  return { ringing, clock, seen };
}

describe('phone 20: a telephone that is rung from a room', () => {
  it('is rung once the bot is there, and may be spoken to when somebody has answered', () => {
    const { ringing, clock, seen } = leg();
    ringing.answered();
    expect([ringing.mayTalk, seen]).toEqual([false, []]);
    ringing.joined();
    ringing.joined();
    expect([ringing.mayTalk, seen]).toEqual([false, ['dial']]);
    ringing.answered();
    expect([ringing.mayTalk, seen]).toEqual([true, ['dial', 'in-progress']]);
    ringing.stop();
    ringing.failed();
    expect([seen.length, clock.pendingTimers]).toEqual([2, 0]);
  });

  it('is given up when nobody answers, in time or at all', () => {
    const late = leg();
    late.ringing.joined();
    late.clock.advance(14_999);
    expect(late.seen).toEqual(['dial']);
    late.clock.advance(1);
    const busy = leg();
    busy.ringing.joined();
    busy.ringing.failed();
    for (const { seen, clock } of [late, busy]) {
      expect([seen, clock.pendingTimers]).toEqual([['dial', 'no-answer', 'peer_failed'], 0]);
    }
  });

  it('is given up when whoever answered does not come into the room, and when it could not be rung', async () => {
    const { ringing, clock, seen } = leg();
    ringing.joined();
    ringing.answered();
    await ringing.ready();
    clock.advance(15_000);
    expect(seen).toEqual(['dial', 'in-progress', 'failed', 'peer_failed']);
    const never = leg();
    never.ringing.failed();
    expect(never.seen).toEqual(['failed', 'peer_failed']);
  });
});
