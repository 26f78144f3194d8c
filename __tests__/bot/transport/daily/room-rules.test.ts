import { rtviEvent } from '../../../../bot/rtvi/messages';
import { cpuReader } from '../../../../bot/transport/daily/cpu-times';
import { LoadGauge } from '../../../../bot/transport/daily/load-gauge';
import { fitToRoom, MAX_MESSAGE_BYTES } from '../../../../bot/transport/daily/messages';
import { fatalType } from '../../../../bot/transport/daily/page/fatal';
import { Participants } from '../../../../bot/transport/daily/participants';
import { FakeClock } from '../../../support/fake-clock';

describe("messages within Daily's 4 KB", () => {
  it('go as they are when they fit', () => {
    const message = rtviEvent('bot-llm-text', { text: 'Hello.' });
    expect(fitToRoom(message)).toEqual([message]);
  });

  it('come in pieces where the client joins them, never within a character, and lose nothing', () => {
    const text = 'Grüße, 你好, 👋🏽 "quoted"\n'.repeat(700);
    const parts = fitToRoom(rtviEvent('bot-tts-text', { text })) ?? [];
    expect(parts.length).toBeGreaterThan(4);
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(parts.map((part) => (part.data as { text: string }).text).join('')).toBe(text);
  });

  it('are refused where pieces would mean something else', () => {
    expect(fitToRoom(rtviEvent('server-message', { blob: 'x'.repeat(5_000) }))).toBeUndefined();
    expect(fitToRoom(rtviEvent('bot-transcription', { text: 'x'.repeat(5_000) }))).toBeUndefined();
  });
});

describe('who is in the room', () => {
  const person = (id: string, muted = false) => ({ id, userId: `caller-${id}`, muted });

  it('counts people only: with nobody but programs left it is empty', () => {
    const people = new Participants();
    expect(people.joined({ id: 'r', userId: 'bot-recorder', muted: false })).toEqual([]);
    expect(people.joined(person('a'))).toEqual([{ kind: 'joined' }]);
    expect(people.joined(person('b'))).toEqual([{ kind: 'joined' }]);
    expect(people.left('a')).toEqual([{ kind: 'left', remaining: 1 }]);
    expect(people.left('a')).toEqual([]);
    expect(people.left('r')).toEqual([]);
    expect(people.left('b')).toEqual([{ kind: 'left', remaining: 0 }]);
  });

  it('is muted when nobody can be heard', () => {
    const people = new Participants();
    people.joined(person('a'));
    people.joined(person('b'));
    expect(people.updated(person('a', true))).toEqual([]);
    expect(people.updated(person('b', true))).toEqual([{ kind: 'muted', muted: true }]);
    expect(people.updated(person('a', false))).toEqual([{ kind: 'muted', muted: false }]);
    expect(people.updated(person('stranger', false))).toEqual([]);
  });

  it('is muted when the only one who could be heard leaves, and not when one who can be heard comes', () => {
    const people = new Participants();
    people.joined(person('a'));
    people.joined(person('b', true));
    expect(people.left('a')).toEqual([
      { kind: 'left', remaining: 1 },
      { kind: 'muted', muted: true },
    ]);
    expect(people.joined(person('c'))).toEqual([{ kind: 'joined' }, { kind: 'muted', muted: false }]);
    expect(people.left('c')).toContainEqual({ kind: 'muted', muted: true });
    expect(people.left('b')).toEqual([{ kind: 'left', remaining: 0 }]);
  });
});

describe("what daily-js says of a meeting's end", () => {
  it.each([
    ['Failed to load call object bundle https://c.daily.co/x', 'load-failed'],
    [{ errorMsg: 'no', error: { type: 'exp-room', msg: 'secret room' } }, 'exp-room'],
    [{ type: 'ejected' }, 'ejected'],
    [{ error: { type: 'room https://x.daily.co/secret' } }, 'unknown'],
    [new Error('https://x.daily.co/secret'), 'unknown'],
    [undefined, 'unknown'],
  ])('%j is told as a word of ours', (thrown, type) => expect(fatalType(thrown)).toBe(type));
});

describe('admission by measured load', () => {
  function gauge(limits = { busyShare: 0.85, pingMs: 400 }) {
    const clock = new FakeClock();
    const times = { busyMs: 0, totalMs: 0 };
    let pingMs = 2;
    const made = new LoadGauge({ clock, read: () => ({ ...times }), worstPingMs: () => pingMs, limits });
    return {
      gauge: made,
      clock,
      setPing: (ms: number) => (pingMs = ms),
      run: (ms: number, share: number) => {
        for (let at = 0; at < ms; at += 500) {
          times.busyMs += 1_000 * share;
          times.totalMs += 1_000;
          clock.advance(500);
        }
      },
    };
  }

  it('refuses when the processors have been busy for seconds, not for a moment, and takes calls again after', () => {
    const { gauge: load, run } = gauge();
    run(500, 1);
    expect(load.overload).toBeUndefined();
    run(6_000, 1);
    expect(load.overload).toMatch(/^processors are 9\d % busy$/);
    run(3_000, 0.2);
    expect(load.overload).toBeUndefined();
    load.stop();
  });

  it('takes no more of many calls at once than it can bear, though none of them is measured yet', () => {
    const { gauge: load, run } = gauge();
    run(6_000, 0.5);
    let taken = 0;
    for (; load.overload === undefined; taken += 1) load.admitted();
    // Two processors: 0.15 of one for each call, from 50 % to 85 %.
    expect(taken).toBe(5);
    run(4_000, 0.6);
    expect(load.overload).toBeUndefined();
    load.stop();
  });

  it('refuses when pages answer late, whatever the processors say', () => {
    const { gauge: load, setPing } = gauge();
    setPing(900);
    expect(load.overload).toBe('pages take 900 ms to answer');
    load.stop();
  });

  it('takes any number at 100 %, and leaves no timer behind', () => {
    const { gauge: load, run, clock } = gauge({ busyShare: 1, pingMs: 400 });
    run(10_000, 1);
    expect(load.overload).toBeUndefined();
    load.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it("reads a container's own limit where there is one, and the machine where not", () => {
    const files: Record<string, string> = {
      '/sys/fs/cgroup/cpu.max': '50000 100000\n',
      '/sys/fs/cgroup/cpu.stat': 'usage_usec 3000000\nuser_usec 1\n',
    };
    const limited = cpuReader((path) => files[path] ?? '');
    expect(limited().busyMs).toBe(3_000);
    expect(limited().totalMs).toBeLessThan(performance.now() * 0.51);
    const machine = cpuReader(() => 'max 100000')();
    expect(machine.totalMs).toBeGreaterThan(machine.busyMs);
    expect(machine.busyMs).toBeGreaterThan(0);
  });
});
