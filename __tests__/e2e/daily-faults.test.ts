import { readFileSync, readdirSync } from 'node:fs';
import { releaseWebRtc } from '../../bot/transport/webrtc/gateway';
import { lastSound } from '../../sandbox/caller';
import { eventually } from '../support/eventually';
import { launchBrowser, type TestBrowser } from './support/browser';
import type { BrowserCaller } from './support/browser-caller';
import type { HostPage } from '../../bot/transport/daily/browser/host-page';
import { DailyWorld } from './support/daily-world';

/** The processes below `pid`, by what Chromium calls their kind. */
function children(pid: number): { pid: number; type: string }[] {
  const found: { pid: number; type: string }[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      const type = /--type=([a-z-]+)/.exec(command)?.[1] ?? 'other';
      const subtype = /--utility-sub-type=([\w.]+)/.exec(command)?.[1] ?? '';
      if (parent === pid) found.push({ pid: Number(entry), type: `${type}${subtype}` }, ...children(Number(entry)));
    } catch {
      // gone while we looked
    }
  }
  return found;
}

/** To the process that shows the page. */
function signalPages({ browser }: HostPage, signal: NodeJS.Signals): void {
  const [renderer] = children(browser.pid!).filter(({ type }) => type === 'renderer');
  process.kill(renderer!.pid, signal);
}

describe('a Daily call when things break', () => {
  let house: DailyWorld;
  let browser: TestBrowser;

  beforeAll(async () => {
    const env = {
      MAX_CALLS: '6',
      GREETING_PROMPT: 'Say exactly: "Hello there."',
      DAILY_CALLS_PER_PAGE: '1',
      DAILY_PAGES_PER_BROWSER: '1',
    };
    [house, browser] = await Promise.all([
      DailyWorld.start({ env, daily: { timeouts: { botJoinMs: 5_000, callerJoinMs: 2_000 }, restWithinMs: 2_000 } }),
      launchBrowser({ offersLoopback: true }),
    ]);
  }, 60_000);

  afterEach(async () => {
    house.daily.faults.clear();
    await house.hangUp();
    await eventually(() => house.world.bot.calls.status.activeCalls === 0, 'no call left', 10_000);
  }, 40_000);

  afterAll(async () => {
    await house.stop();
    await browser.close();
    releaseWebRtc();
  }, 30_000);

  async function connected(): Promise<BrowserCaller> {
    const caller = await house.open(browser);
    expect(await caller.connect()).toMatchObject({ ready: {} });
    return caller;
  }

  /** The page that the only call is in, or the latest. */
  function pageOf(former: readonly HostPage[] = []): HostPage {
    const [page] = pool().pages.filter((one) => one.calls === 1 && !former.includes(one));
    return page!;
  }

  /** Waits for a line that was not there before `act`. */
  async function logged(msg: string, act: () => unknown): Promise<string> {
    const before = house.world.log.of(msg).length;
    await act();
    await house.world.log.waitForCount(msg, before + 1, 15_000);
    return JSON.stringify(house.world.log.of(msg).at(-1));
  }

  const start = (): Promise<Response> => fetch(`${house.world.baseUrl}/start`, { method: 'POST' });
  const pool = (): DailyWorld['house']['pool'] => house.house.pool;

  it('ends when the bot is put out of the room', async () => {
    const caller = await connected();
    const [room] = house.daily.rooms;
    const bot = room!.people.find(({ userId }) => userId.startsWith('bot-'));
    await house.house.rooms.eject(room!.name, [bot!.sessionId]);
    await house.world.log.waitFor('transport failed', { code: 'daily_call_ended' });
    await caller.waitFor('disconnected');
    await eventually(() => house.daily.rooms.length === 0, 'the room is gone');
  }, 30_000);

  it('ends when the caller vanishes without a word', async () => {
    const caller = await connected();
    const [room] = house.daily.rooms;
    const person = room!.people.find(({ userId }) => userId.startsWith('caller-'));
    house.daily.vanish(room!, person!.sessionId, 300);
    await house.world.log.waitFor('call ended', { reason: 'caller-left' });
    expect(await caller.state()).toBe('ready');
  }, 30_000);

  it('gives up a room that nobody comes into, and takes it away', async () => {
    expect((await start()).status).toBe(200);
    await house.world.log.waitFor('call ended', { reason: 'never-connected' });
    expect(house.daily.rooms).toEqual([]);
  }, 30_000);

  it.each(['meeting-full', 'exp-token', 'not-allowed'] as const)(
    'is over at once when Daily says %s',
    async (type) => {
      house.daily.faults.joinRefusal = type;
      const before = house.world.log.of('call ended').length;
      expect((await start()).status).toBe(200);
      await house.world.log.waitForCount('call ended', before + 1);
      expect(JSON.stringify(house.world.log.of('caller did not connect').at(-1))).toContain(type);
      await eventually(() => house.daily.rooms.length === 0, 'the room is gone');
    },
    30_000,
  );

  it.each(['fails', 'hangs'] as const)(
    'is over in bounded time when the call machine %s to load',
    async (how) => {
      house.daily.faults.bundle = how;
      const before = house.world.log.of('call ended').length;
      expect((await start()).status).toBe(200);
      await house.world.log.waitForCount('call ended', before + 1, 12_000);
      await eventually(() => house.daily.rooms.length === 0, 'the room is gone');
    },
    30_000,
  );

  it("a page's crash ends its call alone, the caller is told, and the next call works", async () => {
    const lost = await connected();
    const page = pageOf();
    const kept = await connected();
    expect(await logged('transport failed', () => signalPages(page, 'SIGKILL'))).toContain('browser_failed');
    await lost.waitFor('disconnected', undefined, { timeoutMs: 5_000 });
    expect(JSON.stringify(await lost.events())).toContain('The call was lost');
    expect(await kept.state()).toBe('ready');
    expect(await (await connected()).state()).toBe('ready');
  }, 40_000);

  it("a browser's crash ends its calls alone, and the pool is back within 3 s", async () => {
    const lost = await connected();
    const dead = pageOf().browser.pid!;
    const kept = await connected();
    process.kill(dead, 'SIGKILL');
    await lost.waitFor('disconnected', undefined, { timeoutMs: 5_000 });
    expect(children(dead)).toEqual([]);
    const from = (await kept.events()).length;
    await kept.sendText('Say exactly: "Still here."');
    await kept.waitFor('botStoppedSpeaking', undefined, { from });

    // With every browser gone there is another before a caller would give up.
    await house.hangUp();
    const killedAtMs = performance.now();
    for (const pid of pool().pids) process.kill(pid, 'SIGKILL');
    await eventually(() => !pool().health.ok, 'the loss is noticed');
    await eventually(() => pool().health.ok && pool().pages.some(({ alive }) => alive), 'a page for calls again');
    expect(performance.now() - killedAtMs).toBeLessThan(3_000);
    expect(await (await connected()).state()).toBe('ready');
  }, 40_000);

  it('a page that hangs is given up, with its call', async () => {
    const caller = await connected();
    const failed = await logged('transport failed', () => signalPages(pageOf(), 'SIGSTOP'));
    expect(failed).toMatch(/page-hangs|deaf/);
    await caller.waitFor('disconnected', undefined, { timeoutMs: 5_000 });
    expect(await (await connected()).state()).toBe('ready');
  }, 40_000);

  it('hears again after the audio service died', async () => {
    const caller = await connected();
    await caller.waitFor('botStoppedSpeaking');
    const [audio] = children(pageOf().browser.pid!).filter(({ type }) => type.includes('AudioService'));
    const mended = await logged('the page mended its audio', () => process.kill(audio!.pid, 'SIGKILL'));
    expect(mended).toContain('element-failed');
    await caller.say(tone());
    await caller.waitFor('userStartedSpeaking', undefined, { timeoutMs: 10_000 });
  }, 40_000);

  it('Daily that asks to slow down for long is told of as such, and calls that there are go on', async () => {
    const caller = await connected();
    house.daily.faults.rest({ status: 429, error: 'rate-limit-error' });
    const refused = await start();
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'daily_rate_limited' }]);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await caller.state()).toBe('ready');
    house.daily.faults.clear();
    expect((await start()).status).toBe(200);
  }, 40_000);

  it('a key that Daily refuses is told of with what to do, without the key', async () => {
    house.daily.faults.rest({ status: 401, error: 'authentication-error' });
    const refused = await start();
    const text = await refused.text();
    expect([refused.status, text]).toEqual([502, expect.stringContaining('The Daily API key is refused: run')]);
    expect(text).not.toContain(house.daily.apiKey);
  });

  it('Daily that is down is told of as such, in bounded time', async () => {
    house.daily.faults.restResets = true;
    const refused = await start();
    expect([refused.status, await refused.json()]).toMatchObject([502, { code: 'daily_unavailable' }]);
  }, 20_000);

  it('drains: says goodbye in the room, then closes it', async () => {
    const caller = await connected();
    await caller.waitFor('botStoppedSpeaking');
    const drained = house.world.bot.calls.drain(0);
    expect((await start()).status).toBe(503);
    await caller.waitFor('disconnected', undefined, { timeoutMs: 20_000 });
    await drained;
    const { samples, rateHz, startAtMs } = await caller.heard();
    const spokeAtMs = lastSound({ pcm: samples, rateHz, startMs: startAtMs });
    expect(spokeAtMs).toBeDefined();
    expect(house.daily.rooms).toEqual([]);
    expect(await house.world.log.waitFor('call ended', { reason: 'drained' })).toBeDefined();
  }, 60_000);
});

/** A voice to the bot's ear. */
function tone(): { samples: Int16Array; rateHz: number } {
  const rateHz = 16_000;
  const samples = Int16Array.from({ length: rateHz }, (_, i) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * 300 * i) / rateHz)),
  );
  return { samples, rateHz };
}
