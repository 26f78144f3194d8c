import type { Call } from '../../../bot/call/call';
import { CallManager } from '../../../bot/call/call-manager';
import { BotError } from '../../../bot/errors';
import { FakeClock, settle } from '../../support/fake-clock';

/** As much of a call as a registry looks at. */
const call = (id: string): Call => ({ id }) as unknown as Call;

function refusal(act: () => void): BotError {
  try {
    act();
  } catch (error) {
    if (error instanceof BotError) return error;
  }
  throw new Error('not refused');
}

describe('places for calls', () => {
  it('refuses, and does not queue, a call too many; and says when to try again', () => {
    const registry = new CallManager({ clock: new FakeClock(), maxCalls: 2 });
    registry.reserve('a');
    registry.reserve('b');
    const error = refusal(() => registry.reserve('c'));
    expect(error).toMatchObject({ code: 'at_capacity', status: 503, retryAfterSeconds: 10 });
    registry.release('a');
    registry.reserve('c');
    expect(registry.size).toBe(2);
  });

  it('gives up a place that no offer came for within a minute', () => {
    const clock = new FakeClock();
    const registry = new CallManager({ clock, maxCalls: 1 });
    registry.reserve('a');
    clock.advance(59_999);
    expect(registry.isReserved('a')).toBe(true);
    clock.advance(1);
    expect(registry.size).toBe(0);
  });

  it('keeps the place of a call that has begun, for as long as it lasts', () => {
    const clock = new FakeClock();
    const registry = new CallManager({ clock, maxCalls: 1 });
    registry.reserve('a');
    registry.begin(call('a'));
    clock.advance(3_600_000);
    expect(registry.calls.map(({ id }) => id)).toEqual(['a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes no new call once it drains, keeps its promises, and waits for the rest', async () => {
    const clock = new FakeClock();
    const registry = new CallManager({ clock, maxCalls: 3 });
    registry.reserve('a');
    registry.begin(call('a'));
    registry.reserve('b');
    registry.stopAccepting();
    expect(refusal(() => registry.reserve('c'))).toMatchObject({ code: 'draining' });
    clock.advance(4_999);
    expect(registry.isReserved('b')).toBe(true);
    clock.advance(1);
    expect(registry.size).toBe(1);
    let empty = false;
    void registry.whenEmpty().then(() => (empty = true));
    await settle();
    expect(empty).toBe(false);
    registry.release('a');
    await settle();
    expect(empty).toBe(true);
  });

  it('names no call that does not exist, or has not begun', () => {
    const registry = new CallManager({ clock: new FakeClock(), maxCalls: 1 });
    registry.reserve('a');
    expect(refusal(() => registry.get('a'))).toMatchObject({ code: 'not_found' });
    expect(refusal(() => registry.get('b'))).toMatchObject({ code: 'not_found' });
  });
});
