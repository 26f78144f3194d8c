import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { offline } from '../../../evals/report';
import { launchBrowser, type TestBrowser } from '../../../smoke/browser';
import { PageDriver } from '../../../testbed/clients/page-driver';
import { evalPage } from '../../../evals/report-page';
import { FAILED, NOT_RUN, PASSED } from '../../testbed/programs/eval/support/held-call';

let browser: TestBrowser;
let page: PageDriver;
const html = evalPage([PASSED, NOT_RUN, FAILED], offline('live'));
const server = http.createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));

beforeAll(async () => {
  browser = await launchBrowser();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  page = await PageDriver.open(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

it.each(['light', 'dark'])('has no barriers in the %s scheme', async (value) => {
  await page.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
  await page.page.$$eval('details', (calls) => calls.forEach((call) => (call.open = true)));
  expect(await page.barriers()).toEqual([]);
});

it('plays from where a time is pressed, and its own call only', async () => {
  await page.page.click('.fail [data-at="3.0"]');
  await page.page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) >= 3);
  expect(await page.page.$$eval('audio', (all) => all.map(({ currentTime }) => currentTime >= 3))).toEqual([
    true,
    false,
  ]);
});
