import {
  NOT_STARTED,
  nextLifecycle,
  wakeAtMs,
  type StreamLifecycle,
  type LifecycleEvent,
} from '../../../../bot/sonic/session/stream-lifecycle';
import { lifeOf, rotationRules } from '../../../../bot/sonic/session/rotation';

const RULES = { attemptTimeoutMs: 5_000, refreshStandbyMs: 30_000 };
const LIFE = { prepareAtMs: 360_000, deadlineAtMs: 450_000 };
const STANDBY_LIFE = { prepareAtMs: 720_000, deadlineAtMs: 810_000 };

/** Walks the machine through events, each at its time; gives the state and what was to be done on the way. */
function walk(from: StreamLifecycle, ...events: readonly (readonly [number, LifecycleEvent])[]) {
  const done: string[] = [];
  let state = from;
  for (const [nowMs, event] of events) {
    const step = nextLifecycle(state, event, nowMs, RULES);
    state = step.state;
    for (const action of step.actions) done.push('why' in action ? `${action.do}: ${action.why}` : action.do);
  }
  return { state, done };
}

const TIME = { type: 'time' } as const;
const accepted = (life = LIFE): LifecycleEvent => ({ type: 'accepted', life });
const lost = (retryAfterMs?: number): LifecycleEvent => ({ type: 'lost', retryAfterMs });
const standbyLost = (retryAfterMs?: number): LifecycleEvent => ({ type: 'standby-lost', retryAfterMs });

const ACTIVE: StreamLifecycle = { kind: 'active', life: LIFE };
const PREPARING: StreamLifecycle = { kind: 'preparing', life: LIFE, giveUpAtMs: 365_000 };
const STANDBY: StreamLifecycle = { kind: 'standby', life: LIFE, staleAtMs: 390_000, standby: STANDBY_LIFE };

describe('a call’s first stream', () => {
  it('is opened at once, and carries the call from the beginning', () => {
    expect(walk(NOT_STARTED, [0, TIME])).toEqual({
      state: { kind: 'opening', giveUpAtMs: 5_000 },
      done: ['open-standby', 'promote: start'],
    });
  });

  it('is given up when it does not come about in time', () => {
    expect(walk(NOT_STARTED, [0, TIME], [4_999, TIME]).done).toHaveLength(2);
    expect(walk(NOT_STARTED, [0, TIME], [5_000, TIME]).done.at(-1)).toBe('abort-active');
  });
});

describe('a planned rotation', () => {
  it('opens the standby ahead, and promotes it in a calm moment', () => {
    const { state, done } = walk(
      ACTIVE,
      [359_999, TIME],
      [360_000, TIME],
      [360_200, accepted(STANDBY_LIFE)],
      [361_000, { type: 'calm' }],
    );
    expect(done).toEqual(['open-standby', 'promote: calm']);
    expect(state).toEqual({ kind: 'active', life: STANDBY_LIFE });
  });

  it('ignores calm moments before the standby is up', () => {
    expect(walk(ACTIVE, [361_000, { type: 'calm' }]).done).toEqual([]);
    expect(walk(PREPARING, [361_000, { type: 'calm' }])).toEqual({ state: PREPARING, done: [] });
  });

  it('waits for no calm moment beyond the deadline, by the same way', () => {
    expect(walk(STANDBY, [389_000, TIME]).done).toEqual([]);
    const { state, done } = walk({ ...STANDBY, staleAtMs: 470_000 }, [450_000, TIME]);
    expect(done).toEqual(['promote: deadline']);
    expect(state).toEqual({ kind: 'active', life: STANDBY_LIFE });
  });

  it('changes at the deadline even to a stream that is not up yet, or not begun', () => {
    expect(walk({ ...PREPARING, giveUpAtMs: 452_000 }, [450_000, TIME])).toEqual({
      state: { kind: 'opening', giveUpAtMs: 452_000 },
      done: ['promote: deadline'],
    });
    expect(walk({ kind: 'active', life: { prepareAtMs: 455_000, deadlineAtMs: 450_000 } }, [450_000, TIME])).toEqual({
      state: { kind: 'opening', giveUpAtMs: 455_000 },
      done: ['open-standby', 'promote: deadline'],
    });
  });

  it('replaces a standby that has waited so long that the service would end it', () => {
    const { state, done } = walk(STANDBY, [390_000, TIME]);
    expect(done).toEqual(['drain-standby', 'open-standby']);
    expect(state).toEqual({ kind: 'preparing', life: LIFE, giveUpAtMs: 395_000 });
  });

  it('tries again when the standby is lost, and leaves the active stream alone', () => {
    for (const from of [PREPARING, STANDBY]) {
      expect(walk(from, [361_000, standbyLost(2_000)], [362_999, TIME]).done).toEqual([]);
      expect(walk(from, [361_000, standbyLost(2_000)], [363_000, TIME]).done).toEqual(['open-standby']);
    }
    expect(walk(PREPARING, [365_000, TIME]).done).toEqual(['abort-standby']);
  });

  it('keeps the active stream to its end when no other can be opened', () => {
    const { state, done } = walk(PREPARING, [361_000, standbyLost()], [449_000, TIME], [480_000, TIME]);
    expect(done).toEqual([]);
    expect(wakeAtMs(state)).toBeUndefined();
  });
});

describe('a lost stream', () => {
  it('is followed by another after a pause, by the way of the first', () => {
    expect(walk(ACTIVE, [1_000, lost(200)], [1_199, TIME])).toEqual({
      state: { kind: 'waiting', dueAtMs: 1_200 },
      done: [],
    });
    expect(walk(ACTIVE, [1_000, lost(200)], [1_200, TIME]).done).toEqual(['open-standby', 'promote: start']);
  });

  it('is followed by none when that is of no use', () => {
    expect(walk(ACTIVE, [1_000, lost()])).toEqual({ state: { kind: 'over' }, done: ['give-up'] });
  });

  it('is followed at once by the standby where that is up, or on its way', () => {
    expect(walk(STANDBY, [361_000, lost()])).toEqual({
      state: { kind: 'active', life: STANDBY_LIFE },
      done: ['promote: loss'],
    });
    expect(walk(PREPARING, [361_000, lost()])).toEqual({
      state: { kind: 'opening', giveUpAtMs: 366_000 },
      done: ['promote: loss'],
    });
  });
});

describe('the end', () => {
  it('leaves nothing, and nothing comes after it', () => {
    const over = walk(STANDBY, [361_000, { type: 'closed' }]);
    expect(over).toEqual({ state: { kind: 'over' }, done: ['drain-standby'] });
    const events: LifecycleEvent[] = [TIME, accepted(), { type: 'calm' }, lost(1), standbyLost(1), { type: 'closed' }];
    for (const event of events) expect(walk(over.state, [1e9, event])).toEqual({ state: { kind: 'over' }, done: [] });
  });

  it('always says when it must be looked at again', () => {
    expect([NOT_STARTED, ACTIVE, PREPARING, STANDBY].map(wakeAtMs)).toEqual([-Infinity, 360_000, 365_000, 390_000]);
    expect(wakeAtMs({ kind: 'over' })).toBeUndefined();
  });
});

describe('lifeOf', () => {
  const rules = rotationRules();

  it('rule 8: is six minutes, and seven at the most', () => {
    expect(lifeOf(1_000, undefined, rules, 0)).toEqual({ prepareAtMs: 361_000, deadlineAtMs: 421_000 });
  });

  it('differs between calls, by up to forty seconds', () => {
    expect(lifeOf(0, undefined, rules, 1).prepareAtMs).toBe(320_000);
  });

  it('ends three minutes before the credentials do', () => {
    expect(lifeOf(0, 400_000, rules, 0)).toEqual({ prepareAtMs: 220_000, deadlineAtMs: 370_000 });
    expect(lifeOf(0, 3_600_000, rules, 0).prepareAtMs).toBe(360_000);
  });

  it('is not shorter than a minute, whatever the credentials are worth', () => {
    expect(lifeOf(0, 120_000, rules, 1)).toEqual({ prepareAtMs: 60_000, deadlineAtMs: 90_000 });
    expect(lifeOf(0, -1, rules, 1)).toEqual({ prepareAtMs: 60_000, deadlineAtMs: 60_000 });
  });
});
