import { z } from 'zod';
import { systemClock } from '../../../../bot/time/clock';
import { DailyRest } from '../../../../bot/transport/daily/rest/client';
import { RoomReaper } from '../../../../bot/transport/daily/rest/reaper';
import { DailyRooms } from '../../../../bot/transport/daily/rest/rooms';
import { FAKE_DAILY_KEY, startFakeDaily, type FakeDaily } from '../../../../testbed/fakes/daily/server';
import { readToken } from '../../../../testbed/fakes/daily/tokens';
import { eventually } from '../../../support/eventually';
import { FakeClock, settle } from '../../../support/fake-clock';
import { fastClock } from '../../../../testbed/fast-clock';
import { testTelemetry } from '../../../support/telemetry';

describe("rooms and tokens through Daily's REST API", () => {
  let daily: FakeDaily;

  beforeAll(async () => (daily = await startFakeDaily()));
  afterEach(() => daily.faults.clear());
  afterAll(() => daily.close());

  /** Waits ten times as short as in earnest, for which its requests need no longer. */
  function client(apiKey = daily.apiKey, clock = fastClock(10)): DailyRooms {
    const rest = new DailyRest({ apiUrl: daily.apiUrl, apiKey, clock, random: () => 0.5 });
    return new DailyRooms({ rest, clock: systemClock });
  }

  it('a room is private, short of name, ends by itself, and is audio first', async () => {
    const rooms = client();
    const madeFromMs = Date.now();
    const { name, url } = await rooms.create(60_000);
    const madeByMs = Date.now();
    const room = daily.rooms.find((one) => one.name === name)!;
    expect(url.endsWith(`/${name}`)).toBe(true);
    expect(name.length).toBeLessThanOrEqual(30);
    expect(room.privacy).toBe('private');
    expect(room.config).toMatchObject({
      eject_at_room_exp: true,
      enable_chat: false,
      enable_prejoin_ui: false,
      start_video_off: true,
      start_audio_off: false,
    });
    expect(Number.isInteger(room.config.exp)).toBe(true);
    expectExpiry(room.config.exp!, madeFromMs, madeByMs);
    await rooms.delete(name);
    expect(daily.rooms.find((one) => one.name === name)).toBeUndefined();
  });

  it('bot and caller get tokens of their own: of this room, expiring, and only the bot an owner', async () => {
    const rooms = client();
    const madeFromMs = Date.now();
    const tokens = [await rooms.createToken('va-x', 'bot', 60_000), await rooms.createToken('va-x', 'caller', 60_000)];
    const [bot, caller] = tokens.map((token) => readToken(token, FAKE_DAILY_KEY)!);
    expect(bot).toMatchObject({ room_name: 'va-x', is_owner: true, start_audio_off: false });
    expect(caller).toMatchObject({ room_name: 'va-x', is_owner: false });
    expect([bot!.user_id, caller!.user_id]).toEqual([
      expect.stringMatching(/^bot-/),
      expect.stringMatching(/^caller-/),
    ]);
    for (const { exp } of [bot!, caller!]) expectExpiry(exp!, madeFromMs, Date.now());
  });

  it('taking away a room that is gone already is success', async () => {
    await expect(client().delete('va-000000-0000000000000000')).resolves.toBeUndefined();
  });

  it.each([
    [429, 'rate-limit-error'],
    [500, 'server-error'],
    [503, 'server-error'],
  ])('tries again after %i and succeeds when that passes', async (status, error) => {
    daily.faults.rest({ status, error, count: 2 });
    const room = await client().create(60_000);
    expect(daily.requests.slice(-3).map((request) => request.status)).toEqual([status, status, 200]);
    await client().delete(room.name);
  });

  it.each([
    [{ status: 429, error: 'rate-limit-error' }, 'daily_rate_limited', true],
    [{ status: 500, error: 'server-error' }, 'daily_unavailable', true],
    [{ status: 401, error: 'authentication-error' }, 'daily_refused_key', false],
    [{ status: 400, error: 'authorization-header-error' }, 'daily_refused_key', false],
    [{ status: 403, error: 'forbidden-error' }, 'daily_refused_key', false],
    [{ status: 400, error: 'invalid-request-error', info: 'the key sk-123 in https://x' }, 'daily_rejected', false],
  ])('says of %j: %s', async (fault, code, retryable) => {
    daily.faults.rest(fault);
    const before = daily.requests.length;
    const error = await client()
      .create(60_000)
      .catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: 'BotError', code, retryable });
    expect((error as Error).message).not.toMatch(/sk-123|https:|sandbox-daily-api-key/);
    const attempts = daily.requests.length - before;
    if (retryable) expect(attempts).toBeGreaterThan(2);
    else expect(attempts).toBe(1);
  });

  it('a wrong key is refused once, with what to do', async () => {
    await expect(client('another-key').check()).rejects.toMatchObject({
      code: 'daily_refused_key',
      message: expect.stringContaining('run "npm run ops -- secrets check"') as string,
    });
  });

  it.each(['restHangs', 'restResets'] as const)('gives up in time when Daily is down (%s)', async (how) => {
    daily.faults[how] = true;
    const startedMs = performance.now();
    await expect(client().check()).rejects.toMatchObject({ code: 'daily_unavailable' });
    expect(performance.now() - startedMs).toBeLessThan(4_500);
  });

  it('an answer that is not as documented is no room', async () => {
    const rest = new DailyRest({ apiUrl: daily.apiUrl, apiKey: daily.apiKey, clock: systemClock });
    await expect(
      rest.request({ method: 'GET', path: '/rooms' }, z.object({ nothing: z.string() })),
    ).rejects.toMatchObject({ code: 'daily_unavailable' });
  });

  it('makes its room all the same when the answer to the first attempt is lost', async () => {
    daily.faults.answersLost = 1;
    const before = daily.rooms.length;
    const { name } = await client().create(60_000);
    // The one that was made and not told of is the reaper's, which knows it by its name.
    const names = daily.rooms.slice(before).map((room) => room.name);
    expect(names).toHaveLength(2);
    expect(names).toContain(name);
    expect(new Set(names.map((each) => DailyRooms.instanceOf(each))).size).toBe(1);
    for (const each of names) await client().delete(each);
  });

  it('bears a minute of 429: few requests, each start refused in time, and calls again at once after it', async () => {
    const clock = fastClock(15);
    const rooms = client(daily.apiKey, clock);
    daily.faults.rest({ status: 429, error: 'rate-limit-error' });
    const before = daily.requests.length;
    const startedMs = clock.nowMs();
    let refused = 0;
    while (clock.nowMs() - startedMs < 60_000) {
      await expect(rooms.create(60_000)).rejects.toMatchObject({ code: 'daily_rate_limited', retryAfterSeconds: 5 });
      refused += 1;
    }
    expect(refused).toBeGreaterThan(6);
    expect(daily.requests.length - before).toBeLessThan(120);
    daily.faults.clear();
    await rooms.delete((await rooms.create(60_000)).name);
  });

  it('tells what Daily said last, when the last attempt is cut short by the deadline', async () => {
    daily.faults.rest({ status: 429, error: 'rate-limit-error' });
    const before = daily.requests.length;
    const refused = expect(client().create(60_000)).rejects.toMatchObject({ code: 'daily_rate_limited' });
    await eventually(() => daily.requests.length > before, 'the first answer');
    daily.faults.restHangs = true;
    await refused;
  });

  it('keeps below the limits by itself, however many ask at once', async () => {
    const before = daily.requests.length;
    const rooms = client(daily.apiKey, systemClock);
    await Promise.all(Array.from({ length: 45 }, () => rooms.createToken('va-x', 'caller', 60_000)));
    const taken = daily.requests.slice(before);
    expect(taken.every(({ status }) => status === 200)).toBe(true);
    expect(taken.at(-1)!.atMs - taken[0]!.atMs).toBeGreaterThan(1_000);
  });

  it('deletions, which Daily takes fewer of, keep below their own limit, and do not hold up the rest', async () => {
    const clock = new FakeClock();
    const rooms = client(daily.apiKey, clock);
    const gone = Array.from({ length: 21 }, (_, i) => rooms.delete(`va-000000-${String(i).padStart(16, '0')}`));
    await Promise.all(gone.slice(0, 20));
    await rooms.check();
    clock.advance(500);
    expect(await Promise.race([gone[20]!.then(() => 'gone'), settle().then(() => 'waits')])).toBe('waits');
    clock.advance(500);
    await expect(gone[20]).resolves.toBeUndefined();
  });

  describe('the reaper', () => {
    it('takes rooms that no call owns, and none of anybody else', async () => {
      // As if four minutes had passed since the rooms were made: time does not otherwise matter to it.
      const later = { ...systemClock, epochMs: () => Date.now() + 4 * 60_000 };
      const rest = new DailyRest({ apiUrl: daily.apiUrl, apiKey: daily.apiKey, clock: systemClock });
      const mine = new DailyRooms({ rest, clock: later });
      const dead = client();
      const { logger } = testTelemetry();
      const reaper = new RoomReaper({ rooms: mine, clock: later, logger, isOwned: (room) => room === ownedName });
      let ownedName = '';
      // What other tests left: it is old enough where they took long.
      await reaper.reap();
      const owned = await mine.create(600_000);
      ownedName = owned.name;
      const forgotten = await mine.create(600_000);
      const deadOnes = await dead.create(600_000);
      const foreign = await createForeignRoom();
      expect(await reaper.reap()).toBe(2);
      const left = daily.rooms.map(({ name }) => name);
      expect(left).toEqual(expect.arrayContaining([owned.name, foreign]));
      expect(left).not.toContain(forgotten.name);
      expect(left).not.toContain(deadOnes.name);
      await reaper.stop();
    });

    it('leaves young rooms alone, and other processes their rooms that somebody is in', async () => {
      const rooms = client();
      const young = await rooms.create(600_000);
      const { logger } = testTelemetry();
      const reaper = new RoomReaper({ rooms: client(), clock: systemClock, logger, isOwned: () => false });
      expect(await reaper.reap()).toBe(0);
      expect(daily.rooms.map(({ name }) => name)).toContain(young.name);
      await reaper.stop();
    });

    it('tries a room that could not be deleted again until it is gone', async () => {
      const clock = new FakeClock();
      const rooms = client();
      const { name } = await rooms.create(600_000);
      const { logger } = testTelemetry();
      const reaper = new RoomReaper({ rooms, clock, logger, isOwned: () => false });
      daily.faults.rest({ status: 400, error: 'invalid-request-error', count: 1, match: /^DELETE/ });
      reaper.takeOver(name);
      const seen = daily.requests.length;
      const deletions = (): number => daily.requests.slice(seen).filter(({ method }) => method === 'DELETE').length;
      clock.advance(5_000);
      await eventually(() => deletions() === 1 && clock.pendingTimers === 1, 'a first try, and another planned');
      expect(daily.rooms.map((room) => room.name)).toContain(name);
      clock.advance(5_000);
      await eventually(() => !daily.rooms.some((room) => room.name === name), 'the room is gone');
      await reaper.stop();
      expect(clock.pendingTimers).toBe(0);
    });

    it('does not mind when Daily is down', async () => {
      daily.faults.rest({ status: 500, error: 'server-error' });
      const telemetry = testTelemetry();
      const { logger } = telemetry;
      const reaper = new RoomReaper({ rooms: client(), clock: systemClock, logger, isOwned: () => false });
      expect(await reaper.reap()).toBe(0);
      expect(telemetry.logged().map(({ msg }) => msg)).toEqual(['rooms could not be looked through']);
    });
  });

  async function createForeignRoom(): Promise<string> {
    const headers = { Authorization: `Bearer ${daily.apiKey}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ name: 'team-standup' });
    const answer = await fetch(`${daily.apiUrl}/rooms`, { method: 'POST', headers, body });
    return ((await answer.json()) as { name: string }).name;
  }
});

/** What was made between these two moments, to live for a minute, expires a minute after them; Daily counts whole seconds. */
function expectExpiry(exp: number, fromMs: number, byMs: number): void {
  expect(exp * 1000).toBeGreaterThanOrEqual(fromMs + 60_000 - 1_000);
  expect(exp * 1000).toBeLessThanOrEqual(byMs + 60_000 + 1_000);
}
