import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import puppeteer from 'puppeteer-core';
import { chromiumArguments, resolverRules } from '../../bot/transport/daily/browser/arguments';
import { systemClock } from '../../bot/time/clock';
import { readableEnvironments } from '../../bot/transport/daily/browser/exposure';
import { Chromium, findChromium } from '../../bot/transport/daily/browser/chromium';
import { BrowserPool } from '../../bot/transport/daily/browser/pool';
import { BridgeServer } from '../../bot/transport/daily/bridge/server';
import { loadPageAssets } from '../../bot/transport/daily/bridge/assets';
import { eventually } from '../support/eventually';
import { testTelemetry } from '../support/telemetry';
import { processTree, pssMb } from '../../testbed/processes/process-tree';
import { launchBrowser, type TestBrowser } from '../../smoke/browser/browser';
import { DailyEnvironment, testChromium } from './support/daily-environment';
import { signalPages } from './support/processes';

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
    const limits = { callsPerPage: 1, pagesPerBrowser: 2, maxCalls: 2, callsInPageLife: 10 };
    pool = new BrowserPool({
      chromium: await testChromium(),
      pageUrl: bridge.pageUrl,
      limits,
      clock: systemClock,
      logger,
    });
    await pool.warm();
    elsewhere = createServer((req, res) => {
      const url = req.url ?? '';
      reached.push(url);
      res.setHeader('Access-Control-Allow-Origin', '*');
      const to = url.startsWith('/to/') ? decodeURIComponent(url.slice(4)) : undefined;
      if (to === undefined) res.end('reached');
      else res.writeHead(302, { Location: to }).end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '0.0.0.0', resolve));
  });

  afterAll(async () => {
    delete process.env['A_SECRET_OF_THE_BOT'];
    await pool.close();
    await bridge.close();
    elsewhere.close();
  });

  it('reaches loopback, and nothing else: no other address, no name, no metadata of a cloud', async () => {
    const { port } = elsewhere.address() as AddressInfo;
    const browser = await puppeteer.launch(await restricted());
    try {
      const page = await browser.newPage();
      // The resolver by itself: without the page's own policy.
      await page.setBypassCSP(true);
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
      for (const url of ['https://o77906.ingest.sentry.io/', 'https://example.com/', 'https://www.cloudflare.com/']) {
        expect(await outcome(url)).toContain('Failed to fetch');
      }
      // Nor by a redirect, nor by going there.
      const away = `http://127.0.0.1:${port}/to/${encodeURIComponent(`http://127.0.0.2:${port}/redirected`)}`;
      expect(await outcome(away)).toContain('Failed to fetch');
      await expect(page.goto(`http://127.0.0.2:${port}/navigated`)).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
      expect(reached).toEqual(['/allowed', new URL(away).pathname]);
    } finally {
      await browser.close();
    }
  });

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

  it('gives a page that hangs to nobody, and leaves nothing of it', async () => {
    const [first, second] = [await pool.acquire(), await pool.acquire()];
    expect(second.browser).toBe(first.browser);
    pool.release(first);
    // The second has a call, whose own watchdog this is not about.
    const stopped = signalPages(first.browser.pid!, 'SIGSTOP');
    expect(stopped).toBeGreaterThanOrEqual(2);
    const third = await pool.acquire();
    expect(third).not.toBe(first);
    expect([await third.answers(), first.alive, second.alive]).toEqual([true, false, true]);
    pool.release(second);
    const fourth = await pool.acquire();
    expect(fourth).not.toBe(second);
    pool.release(third);
    pool.release(fourth);
    const isStopped = (pid: number): boolean => /^State:\s+T/m.test(statusOf(pid));
    await eventually(() => !processTree(process.pid).some(isStopped), 'nothing of the hanging pages', 30_000);
    await eventually(() => pool.pages.some(({ alive, calls }) => alive && calls === 0), 'a page is ready again');
  });

  it('I5: is ready when a page has opened, not when a browser runs, and says why it is not', async () => {
    let answer: (status: number) => void = () => undefined;
    let asked: () => void = () => undefined;
    const opening = new Promise<void>((resolve) => (asked = resolve));
    const slow = createServer((_req, res) => {
      answer = (status) => res.writeHead(status, { 'Content-Type': 'text/html' }).end('<p>no bridge here</p>');
      asked();
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const { logger } = testTelemetry();
    const pageless = new BrowserPool({
      chromium: await testChromium(),
      pageUrl: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`,
      limits: { callsPerPage: 1, pagesPerBrowser: 1, maxCalls: 1, callsInPageLife: 10 },
      clock: systemClock,
      logger,
    });
    try {
      const warmed = pageless.warm();
      await opening;
      expect(pageless.health).toEqual({ ok: false, detail: 'starting the browser' });
      answer(200);
      await warmed;
      expect(pageless.health).toEqual({ ok: false, detail: 'no page opens: A page for calls did not open.' });
    } finally {
      await pageless.close();
      slow.close();
    }
  });

  it('warns where its processes may read what the bot knows', () => {
    expect(readableEnvironments((path) => path === '/proc/1/environ')).toEqual(['1']);
    expect(readableEnvironments(() => false)).toEqual([]);
    // A test's own process is never protected that way.
    expect(readableEnvironments()).toContain('self');
  });

  it('says what is missing when there is none', () => {
    expect(() => findChromium('/no/such/chromium')).toThrow('install it or set CHROMIUM_PATH');
  });

  it('is started once more when it ends as it starts, and given up when it does so again', async () => {
    const { executablePath, env = {} } = await testChromium();
    const folder = mkdtempSync(join(tmpdir(), 'voice-agent-launch-'));
    const [failsOnce, fails] = [join(folder, 'fails-once'), join(folder, 'fails')];
    const real = `exec '${executablePath}' "$@"`;
    writeFileSync(failsOnce, `#!/bin/sh\n[ -e '${folder}/tried' ] && ${real}\ntouch '${folder}/tried'\nexit 1\n`);
    writeFileSync(fails, `#!/bin/sh\necho tried >> '${folder}/times'\nexit 1\n`);
    for (const script of [failsOnce, fails]) chmodSync(script, 0o755);

    const chromium = await Chromium.launch({ executablePath: failsOnce, env }, systemClock);
    expect(chromium.connected).toBe(true);
    await chromium.close();
    await expect(Chromium.launch({ executablePath: fails }, systemClock)).rejects.toMatchObject({
      code: 'browser_failed',
    });
    expect(readFileSync(join(folder, 'times'), 'utf8')).toBe('tried\ntried\n');
    rmSync(folder, { recursive: true });
  }, 60_000);

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
    return { executablePath, env: { ...env }, headless: 'shell', pipe: true, args: chromiumArguments() };
  }
});

describe('joins and leaves', () => {
  let setup: DailyEnvironment;
  let browser: TestBrowser;

  beforeAll(async () => {
    [setup, browser] = await Promise.all([
      DailyEnvironment.start({
        env: { GREETING_PROMPT: 'Say exactly: "Hi."' },
        daily: { timeouts: { farewellMs: 0, partingMs: 100 } },
      }),
      launchBrowser({ offersLoopback: true }),
    ]);
  });

  afterAll(async () => {
    await setup.stop();
    await browser.close();
  });

  it(
    `leave nothing: no call, socket, room or script after ${JOINS}`,
    async () => {
      const caller = await setup.open(browser);
      const heap: number[] = [];
      const browsersMb: number[] = [];
      for (let i = 0; i < JOINS; i += 1) {
        expect(await caller.connect()).toMatchObject({ ready: {} });
        await caller.disconnect();
        await setup.environment.log.waitForCount('call ended', i + 1);
        if (JOINS >= 50) heap.push(heapUsedBytes());
        if (JOINS >= 50 && i % 10 === 9) browsersMb.push(pssMb(setup.service.pool.pids.flatMap(processTree)));
      }
      // Daily takes two deletions a second; what comes faster waits.
      await eventually(() => setup.daily.rooms.length === 0, 'no room', 10_000 + JOINS * 700);
      await eventually(() => setup.service.bridge.connections === 0, 'no socket');
      const pages = setup.service.pool.pages.filter(({ alive }) => alive);
      for (const page of pages) expect(await page.census()).toEqual({ calls: 0, voices: 0, scripts: 1 });
      expect(pages.length).toBeLessThanOrEqual(2);
      expect(setup.service.pool.pids.length).toBeLessThanOrEqual(2);
      await eventually(() => setup.daily.connections === 0, 'no connection to Daily');
      const zombies = processTree(process.pid).filter((pid) => /^State:\s+Z/m.test(statusOf(pid)));
      expect(zombies).toEqual([]);
      if (JOINS >= 50) {
        const rounded = browsersMb.map((mb) => mb.toFixed(0)).join(' ');
        process.stdout.write(`heap after 10: ${toMb(heap[9])} MB, after ${JOINS}: ${toMb(heap.at(-1))} MB\n`);
        process.stdout.write(`browsers' memory after every 10: ${rounded} MB\n`);
        expect(heap.at(-1)! - heap[9]!).toBeLessThan(40e6);
        // It comes and goes with the pages that replace each other, and does not add up.
        const [early, late] = [browsersMb.slice(0, 3), browsersMb.slice(-3)].map((some) => Math.max(...some));
        expect(late).toBeLessThan(1.5 * early!);
      }
    },
    20_000 + JOINS * 3_000,
  );
});

/** Of what is still in use, not of what only waits to be collected. */
function heapUsedBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function toMb(bytes: number | undefined): string {
  return ((bytes ?? 0) / 1e6).toFixed(1);
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return ''; // gone
  }
}
