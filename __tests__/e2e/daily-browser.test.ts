import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { resolverRules } from '../../bot/transport/daily/browser/arguments';
import { systemClock } from '../../bot/time/clock';
import { findChromium } from '../../bot/transport/daily/browser/chromium';
import { BrowserPool } from '../../bot/transport/daily/browser/pool';
import { BridgeServer } from '../../bot/transport/daily/bridge/server';
import { loadPageAssets } from '../../bot/transport/daily/bridge/assets';
import { eventually } from '../support/eventually';
import { testTelemetry } from '../support/telemetry';
import { launchBrowser, type TestBrowser } from './support/browser';
import { DailyWorld, testChromium } from './support/daily-world';

/** How many joins and leaves; `npm run test:daily-leaks` does a hundred. */
const JOINS = Number(process.env['DAILY_JOINS'] ?? 6);

describe('the browser that Daily calls run in', () => {
  let bridge: BridgeServer;
  let pool: BrowserPool;
  let elsewhere: Server;
  const reached: string[] = [];

  beforeAll(async () => {
    const { ensureDailyPageBuilt } = await import('../../scripts/build-daily-page.mjs');
    process.env['A_SECRET_OF_THE_BOT'] = 'must-not-be-seen';
    bridge = await BridgeServer.start(await loadPageAssets(await ensureDailyPageBuilt()));
    const { logger } = testTelemetry();
    const limits = { callsPerPage: 2, pagesPerBrowser: 1, maxCalls: 2, callsInPageLife: 10 };
    pool = new BrowserPool({
      chromium: await testChromium(),
      pageUrl: bridge.pageUrl,
      limits,
      clock: systemClock,
      logger,
    });
    await pool.warm();
    elsewhere = createServer((req, res) => {
      reached.push(req.url ?? '');
      res.setHeader('Access-Control-Allow-Origin', '*').end('reached');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '0.0.0.0', resolve));
  }, 60_000);

  afterAll(async () => {
    delete process.env['A_SECRET_OF_THE_BOT'];
    await pool.close();
    await bridge.close();
    elsewhere.close();
  }, 20_000);

  it('reaches loopback, and nothing else: no other address, no name, no metadata of a cloud', async () => {
    const { port } = elsewhere.address() as AddressInfo;
    const browser = await puppeteer.launch(await restricted());
    try {
      const page = await browser.newPage();
      await page.goto(bridge.pageUrl);
      const outcome = (url: string): Promise<string> =>
        page.evaluate(
          (target) =>
            fetch(target).then(
              (answer) => answer.text(),
              (error: unknown) => String(error),
            ),
          url,
        );
      expect(await outcome(`http://127.0.0.1:${port}/allowed`)).toBe('reached');
      for (const host of ['127.0.0.2', 'localhost', '0.0.0.0', '[::1]', '169.254.169.254', '169.254.170.2']) {
        expect(await outcome(`http://${host}:${port}/${encodeURIComponent(host)}`)).toContain('Failed to fetch');
      }
      for (const url of ['https://o77906.ingest.sentry.io/', 'https://example.com/']) {
        expect(await outcome(url)).toContain('Failed to fetch');
      }
      expect(reached).toEqual(['/allowed']);
    } finally {
      await browser.close();
    }
  }, 30_000);

  it("names Daily's servers as the only ones it may look up", () => {
    const rules = resolverRules();
    expect(rules).toMatch(/^MAP \* ~NOTFOUND, EXCLUDE 127\.0\.0\.1, EXCLUDE \*\.daily\.co, /);
    expect(rules).not.toMatch(/sentry|amazonaws/);
  });

  it("knows nothing of the bot's environment", () => {
    const [pid] = pool.pids;
    const environment = readFileSync(`/proc/${pid!}/environ`, 'utf8').split('\0').filter(Boolean);
    const names = environment.map((entry) => entry.split('=')[0]).sort();
    expect(names).toEqual(['FONTCONFIG_PATH', 'HOME', 'LD_LIBRARY_PATH', 'PATH', 'TMPDIR']);
    expect(environment.join()).not.toContain('must-not-be-seen');
  });

  it('cannot be driven, nor a call taken over, by others on the machine', async () => {
    const [pid] = pool.pids;
    expect(readFileSync(`/proc/${pid!}/cmdline`, 'utf8')).toContain('--remote-debugging-pipe');
    const url = bridge.pageUrl.replace('http', 'ws').replace('/page', '/call');
    const { WebSocket } = await import('ws');
    for (const [secret, origin] of [
      ['guessed', new URL(bridge.pageUrl).origin],
      [bridge.expect(() => undefined).secret, 'http://evil.example'],
    ]) {
      const socket = new WebSocket(url, secret, { origin: origin ?? '' });
      const outcome = await new Promise((resolve) => {
        socket.on('open', () => resolve('open'));
        socket.on('error', (error) => resolve(error.message));
      });
      expect(outcome).toContain('403');
    }
    expect(bridge.connections).toBe(0);
  });

  it('says what is missing when there is none', () => {
    expect(() => findChromium('/no/such/chromium')).toThrow('install it or set CHROMIUM_PATH');
  });

  it('leaves no process and no folder behind', async () => {
    const [pid] = pool.pids;
    const home = /HOME=([^\0]+)/.exec(readFileSync(`/proc/${pid!}/environ`, 'utf8'))![1]!;
    expect(existsSync(home)).toBe(true);
    await pool.close();
    expect(existsSync(home)).toBe(false);
    expect(existsSync(`/proc/${pid!}`)).toBe(false);
  });

  /** The pool's own switches, in a browser that the test may drive. */
  async function restricted(): Promise<Parameters<typeof puppeteer.launch>[0]> {
    const { executablePath, env } = await testChromium();
    const args = ['--no-sandbox', `--host-resolver-rules=${resolverRules()}`];
    return { executablePath, env: { ...env }, headless: 'shell', pipe: true, args };
  }
});

describe('joins and leaves', () => {
  let house: DailyWorld;
  let browser: TestBrowser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([
      DailyWorld.start({
        env: { GREETING_PROMPT: 'Say exactly: "Hi."' },
        daily: { timeouts: { farewellMs: 0, partingMs: 100 } },
      }),
      launchBrowser({ offersLoopback: true }),
    ]);
  }, 60_000);

  afterAll(async () => {
    await house.stop();
    await browser.close();
  }, 30_000);

  it(
    `leave nothing: no call, socket, room, script or element after ${JOINS}`,
    async () => {
      const caller = await house.open(browser);
      const memory: number[] = [];
      for (let i = 0; i < JOINS; i += 1) {
        expect(await caller.connect()).toMatchObject({ ready: {} });
        await caller.disconnect();
        await house.world.log.waitForCount('call ended', i + 1);
        memory.push(process.memoryUsage().heapUsed);
      }
      // Daily takes two deletions a second; what comes faster waits.
      await eventually(() => house.daily.rooms.length === 0, 'no room', 10_000 + JOINS * 700);
      await eventually(() => house.house.bridge.connections === 0, 'no socket');
      const pages = house.house.pool.pages.filter(({ alive }) => alive);
      for (const page of pages) expect(await page.census()).toMatchObject({ calls: 0, scripts: 1, audioElements: 0 });
      expect(pages.length).toBeLessThanOrEqual(2);
      expect(house.house.pool.pids.length).toBeLessThanOrEqual(2);
      await eventually(() => house.daily.connections === 0, 'no connection to Daily');
      if (JOINS >= 50) {
        process.stdout.write(`heap after 10: ${mb(memory[9])} MB, after ${JOINS}: ${mb(memory.at(-1))} MB\n`);
        expect(memory.at(-1)! - memory[9]!).toBeLessThan(40e6);
      }
    },
    20_000 + JOINS * 3_000,
  );
});

function mb(bytes: number | undefined): string {
  return ((bytes ?? 0) / 1e6).toFixed(1);
}
