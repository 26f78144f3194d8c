import { build } from 'esbuild';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { chromiumArguments } from '../bot/transport/daily/browser/arguments';
import { launchBrowser } from '../smoke/browser/browser';
import { localDaily } from '../testbed/fakes/daily/local-bot';
import { type FakeDaily, startFakeDaily } from '../testbed/fakes/daily/server';
import { cpuMs, processTree } from '../testbed/processes/process-tree';
import { span } from '../testbed/processes/worker';

/** As many call objects in a page as the bot has. */
const CALLS_PER_PAGE = 4;
const SETTLE_MS = 4_000;
const HEARD_WITHIN_MS = 20_000;

/**
 * What each call object has for its sound: a graph and an element of its `own`, as in a page for one call, or the one of the page,
 * `shared`, which is the least a page can have.
 */
export type FloorSound = 'own' | 'shared';

declare const joinBare: (url: string, bundleUrl: string, sound: FloorSound) => Promise<void>;
declare const heardIn: () => number;

/** What bare daily-js call objects cost in a browser like the bot's, each in a room with one other and both heard: % of a core per call. */
export async function benchDailyFloor(calls: number, seconds: number, sound: FloorSound): Promise<number> {
  const daily = await startFakeDaily();
  const local = await localDaily(daily);
  const server = await servePage();
  const browsers: { close(): Promise<unknown> }[] = [];
  try {
    const measured = await puppeteer.launch({
      executablePath: local.environment['CHROMIUM_PATH'] ?? '',
      headless: 'shell',
      args: chromiumArguments(),
      ignoreDefaultArgs: ['--mute-audio'],
    });
    browsers.push(measured);
    const others = await launchBrowser({ offersLoopback: true, extraArguments: ['--renderer-process-limit=1'] });
    browsers.push(others);
    const rooms = await Promise.all(Array.from({ length: calls }, () => makeRoom(daily)));
    const pages = await Promise.all(
      [measured, others.browser].map((browser) => joinAll(browser, server.url, rooms, daily, sound)),
    );
    await untilHeard(pages.flat(), 2 * calls);
    await span(SETTLE_MS);
    const pids = processTree(measured.process()?.pid ?? 0);
    const [beforeMs, startedMs] = [cpuMs(pids), performance.now()];
    await span(seconds * 1000);
    return (100 * (cpuMs(pids) - beforeMs)) / (performance.now() - startedMs) / calls;
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server.close();
    local.remove();
    await daily.close();
  }
}

async function joinAll(
  browser: Browser,
  url: string,
  rooms: readonly string[],
  daily: FakeDaily,
  sound: FloorSound,
): Promise<Page[]> {
  const pages: Page[] = [];
  for (let first = 0; first < rooms.length; first += CALLS_PER_PAGE) {
    const page = await browser.newPage();
    pages.push(page);
    await page.goto(url);
    for (const room of rooms.slice(first, first + CALLS_PER_PAGE)) {
      await page.evaluate((to, bundle, its) => joinBare(to, bundle, its), room, daily.bundleUrl, sound);
    }
  }
  return pages;
}

async function untilHeard(pages: readonly Page[], voices: number): Promise<void> {
  const deadlineMs = performance.now() + HEARD_WITHIN_MS;
  for (;;) {
    const heard = await Promise.all(pages.map((page) => page.evaluate(() => heardIn())));
    if (heard.reduce((sum, one) => sum + one, 0) >= voices) return;
    if (performance.now() > deadlineMs) throw new Error(`not all of the ${voices} bare call objects hear the other`);
    await span(100);
  }
}

async function makeRoom({ apiUrl, apiKey }: FakeDaily): Promise<string> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${apiUrl}/rooms`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ privacy: 'public' }),
  });
  if (!response.ok) throw new Error(`no room could be made: ${await response.text()}`);
  return ((await response.json()) as { url: string }).url;
}

async function servePage(): Promise<{ url: string; close(): Promise<void> }> {
  const entryPoints = [path.join(__dirname, 'daily-floor-page.ts')];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'iife', target: 'chrome120', write: false });
  const html = `<!doctype html><script>${(outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')}</script>`;
  const server = createServer((_req, res) => void res.setHeader('content-type', 'text/html; charset=utf-8').end(html));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
