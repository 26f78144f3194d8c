import { releaseWebRtc } from '../support/release-webrtc';
import { lastSound } from '../../testbed/speech/audio-analysis';
import { eventually } from '../support/eventually';
import { launchBrowser, type TestBrowser } from '../../smoke/browser/browser';
import type { BrowserCaller } from '../../smoke/browser/browser-caller';
import type { HostPage } from '../../bot/transport/daily/browser/host-page';
import type { Person } from '../../testbed/fakes/daily/signals';
import { DailyEnvironment } from '../e2e/support/daily-environment';
import { processesBelow, signalPages } from '../e2e/support/processes';

describe('a Daily call when things break', () => {
  let setup: DailyEnvironment;
  let browser: TestBrowser;

  beforeAll(async () => {
    const env = {
      MAX_CALLS: '6',
      GREETING_PROMPT: 'Say exactly: "Hello there."',
      DAILY_CALLS_PER_PAGE: '1',
      DAILY_PAGES_PER_BROWSER: '2',
    };
    const timeouts = { botJoinMs: 5_000, callerJoinMs: 4_000, partingMs: 300, pingEveryMs: 1_000 };
    [setup, browser] = await Promise.all([
      DailyEnvironment.start({ env, daily: { timeouts, restWithinMs: 2_000 } }),
      launchBrowser({ offersLoopback: true }),
    ]);
  });

  afterEach(async () => {
    setup.daily.faults.clear();
    await setup.hangUp();
    await eventually(() => setup.environment.bot.calls.status.activeCalls === 0, 'no call left', 30_000);
  });

  afterAll(async () => {
    await setup.stop();
    await browser.close();
    releaseWebRtc();
  });

  async function connected(): Promise<BrowserCaller> {
    const caller = await setup.open(browser);
    expect(await caller.connect()).toMatchObject({ ready: {} });
    return caller;
  }

  /** The page that the latest call is in. */
  function pageOf(former: readonly HostPage[] = []): HostPage {
    const [page] = pool().pages.filter((one) => one.calls === 1 && !former.includes(one));
    return page!;
  }

  /** The bot, or the caller, as the room of the only call has them. */
  function member(prefix: 'bot-' | 'caller-'): Person {
    return setup.daily.rooms[0]!.people.find(({ userId }) => userId.startsWith(prefix))!;
  }

  const wasToldOfLoss = async (caller: BrowserCaller): Promise<boolean> =>
    JSON.stringify(await caller.events()).includes('The call was lost');

  /** Waits for a line that was not there before `act`. */
  async function logged(msg: string, act: () => unknown): Promise<string> {
    const before = setup.environment.log.of(msg).length;
    await act();
    await setup.environment.log.waitForCount(msg, before + 1, 30_000);
    return JSON.stringify(setup.environment.log.of(msg).at(-1));
  }

  const start = (): Promise<Response> => fetch(`${setup.environment.baseUrl}/start`, { method: 'POST' });
  const room = (): DailyEnvironment['daily']['rooms'][number] => setup.daily.rooms[0]!;
  const pool = (): DailyEnvironment['service']['pool'] => setup.service.pool;

  it.each([
    [
      'ejected',
      'the bot is put out of the room',
      () => setup.service.rooms.eject(room().name, [member('bot-').sessionId]),
    ],
    ['exp-room', 'the room expires', () => room().expire()],
    [
      'connection-error',
      "the bot's connection to Daily breaks",
      () => setup.daily.drop(room(), member('bot-').sessionId),
    ],
  ])(
    'ends, with the reason %s, when %s',
    async (reason, _what, act) => {
      const caller = await connected();
      const failed = await logged('transport failed', act);
      expect(failed).toContain('daily_call_ended');
      expect(failed).toContain(reason);
      // An expired room puts the caller out, too, of which their client speaks as an error.
      await caller.waitFor(reason === 'exp-room' ? 'error' : 'disconnected');
      // Where Daily ended the bot's part alone, the client has seen the bot leave.
      if (reason === 'connection-error') expect(await wasToldOfLoss(caller)).toBe(true);
      await eventually(() => setup.daily.rooms.length === 0, 'the room is gone');
    },
    30_000,
  );

  it('ends when the caller vanishes without a word', async () => {
    const caller = await connected();
    setup.daily.vanish(room(), member('caller-').sessionId, 300);
    await setup.environment.log.waitFor('call ended', { reason: 'caller-left' });
    expect(await caller.state()).toBe('ready');
  });

  it.each(['meeting-full', 'exp-token', 'not-allowed'] as const)(
    'is over at once when Daily says %s',
    async (type) => {
      setup.daily.faults.joinRefusal = type;
      const before = setup.environment.log.of('call ended').length;
      expect((await start()).status).toBe(200);
      await setup.environment.log.waitForCount('call ended', before + 1);
      expect(JSON.stringify(setup.environment.log.of('caller did not connect').at(-1))).toContain(type);
      await eventually(() => setup.daily.rooms.length === 0, 'the room is gone');
    },
    30_000,
  );

  it('is over in bounded time when nobody comes, or the call machine does not load, or the join hangs', async () => {
    const before = setup.environment.log.of('call ended').length;
    const begin = async (): Promise<void> => expect((await start()).status).toBe(200);
    await begin();
    await eventually(() => setup.daily.rooms[0]?.people.length === 1, 'the bot waits for a caller');
    const loads = setup.daily.bundleRequests;
    setup.daily.faults.joinHangs = true;
    await begin();
    await eventually(() => setup.daily.connections === 2, 'the bot waits to be let in');
    setup.daily.faults.bundle = 'fails';
    await begin();
    await eventually(() => setup.daily.bundleRequests === loads + 2, 'the call machine could not be loaded');
    setup.daily.faults.bundle = 'hangs';
    await begin();
    await setup.environment.log.waitForCount('call ended', before + 4, 30_000);
    const reasons = setup.environment.log.of('call ended').slice(before);
    expect(reasons.map(({ reason }) => reason)).toEqual(Array(4).fill('never-connected'));
    await eventually(() => setup.daily.rooms.length === 0, 'the rooms are gone');
  });

  it("a page's crash ends its call alone, the caller is told, and the next call works", async () => {
    const callers = [await connected()];
    const { browser: crowded } = pageOf();
    callers.push(await connected());
    expect(new Set(pool().pages.flatMap((page) => (page.calls > 0 ? [page.browser] : [])))).toEqual(new Set([crowded]));
    let pages = 0;
    const failed = await logged('transport failed', () => (pages = signalPages(crowded.pid!, 'SIGKILL', 1)));
    expect(pages).toBeGreaterThanOrEqual(2);
    expect(failed).toContain('browser_failed');
    const lost = await Promise.any(
      callers.map(async (caller) => {
        await caller.waitFor('disconnected', undefined, { timeoutMs: 30_000 });
        return caller;
      }),
    );
    expect(await wasToldOfLoss(lost)).toBe(true);
    const kept = callers.find((caller) => caller !== lost)!;
    expect(await kept.state()).toBe('ready');
    expect(await (await connected()).state()).toBe('ready');
    expect(setup.environment.bot.calls.status.activeCalls).toBe(2);
  });

  it("a browser's crash ends its calls alone, and the pool is back within 3 s", async () => {
    const lost = [await connected()];
    const dead = pageOf().browser.pid!;
    const elsewhere = (): boolean => pool().pages.some(({ calls, browser: { pid } }) => calls > 0 && pid !== dead);
    let kept = await connected();
    while (!elsewhere()) {
      lost.push(kept);
      kept = await connected();
    }
    process.kill(dead, 'SIGKILL');
    for (const caller of lost) await caller.waitFor('disconnected', undefined, { timeoutMs: 30_000 });
    expect(processesBelow(dead)).toEqual([]);
    const from = (await kept.events()).length;
    await kept.sendText('Say exactly: "Still here."');
    await kept.waitFor('botStoppedSpeaking', undefined, { from });

    // With every browser gone there is another before a caller would give up.
    await setup.hangUp();
    const killedAtMs = performance.now();
    for (const pid of pool().pids) process.kill(pid, 'SIGKILL');
    await eventually(() => !pool().health.ok, 'the loss is noticed');
    await eventually(() => pool().health.ok && pool().pages.some(({ alive }) => alive), 'a page for calls again');
    expect(performance.now() - killedAtMs).toBeLessThan(15_000);
    expect(await (await connected()).state()).toBe('ready');
  });

  it('a page that hangs is given up, with its call', async () => {
    const caller = await connected();
    const failed = await logged('transport failed', () => signalPages(pageOf().browser.pid!, 'SIGSTOP'));
    expect(failed).toMatch(/page-hangs|deaf/);
    await caller.waitFor('disconnected', undefined, { timeoutMs: 30_000 });
    // Whoever calls next is not put into the idle page beside it, which hangs, too.
    expect(await (await connected()).state()).toBe('ready');
  });

  it('hears again after the audio service died', async () => {
    const caller = await connected();
    await caller.waitFor('botStoppedSpeaking');
    const [audio] = processesBelow(pageOf().browser.pid!).filter(({ type }) => type.includes('AudioService'));
    const mended = await logged('the page mended its audio', () => process.kill(audio!.pid, 'SIGKILL'));
    expect(mended).toContain('element-failed');
    await caller.say(tone());
    await caller.waitFor('userStartedSpeaking', undefined, { timeoutMs: 30_000 });
  });

  it('Daily that asks to slow down for long is told of as such, and calls that there are go on', async () => {
    const caller = await connected();
    setup.daily.faults.rest({ status: 429, error: 'rate-limit-error' });
    const refused = await start();
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'daily_rate_limited' }]);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await caller.state()).toBe('ready');
    // A call that ends now leaves its room behind, for a while: the last test sees that it is gone.
    await caller.disconnect();
    await setup.environment.log.waitFor('a room could not be deleted now');
    setup.daily.faults.clear();
    expect(await (await connected()).state()).toBe('ready');
  });

  it('a key that Daily refuses is told of with what to do, without the key', async () => {
    setup.daily.faults.rest({ status: 401, error: 'authentication-error' });
    const refused = await start();
    const text = await refused.text();
    expect([refused.status, text]).toEqual([502, expect.stringContaining('The Daily API key is refused: run')]);
    expect(text).not.toContain(setup.daily.apiKey);
  });

  it('Daily that is down is told of as such, in bounded time', async () => {
    setup.daily.faults.restResets = true;
    const refused = await start();
    expect([refused.status, await refused.json()]).toMatchObject([502, { code: 'daily_unavailable' }]);
  });

  it('drains: says goodbye in the room, then closes it', async () => {
    const caller = await connected();
    await caller.waitFor('botStoppedSpeaking');
    const drained = setup.environment.bot.calls.drain(0);
    expect((await start()).status).toBe(503);
    await caller.waitFor('disconnected', undefined, { timeoutMs: 30_000 });
    await drained;
    const { samples, rateHz, startAtMs } = await caller.heard();
    const spokeAtMs = lastSound({ pcm: samples, rateHz, startMs: startAtMs });
    expect(spokeAtMs).toBeDefined();
    expect(await setup.environment.log.waitFor('call ended', { reason: 'drained' })).toBeDefined();
    await eventually(() => setup.daily.rooms.length === 0, 'no room left of all of these calls', 30_000);
  });

  it('left no room and no token in the log, whatever broke', () => {
    expect(setup.environment.log.lines.length).toBeGreaterThan(100);
    expect(setup.leaks()).toEqual([]);
  });
});

/** A voice to the bot's ear. */
function tone(): { samples: Int16Array; rateHz: number } {
  const rateHz = 16_000;
  const samples = Int16Array.from({ length: rateHz }, (_, i) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * 300 * i) / rateHz)),
  );
  return { samples, rateHz };
}
