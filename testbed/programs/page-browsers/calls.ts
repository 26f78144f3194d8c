import type { TestBrowser } from '../../../smoke/browser';
import { PageDriver } from '../../clients/page-driver';
import type { Bots } from './bots';

/** What came of a browser's calls by one way. */
export interface PageResult {
  readonly browser: string;
  readonly way: string;
  /** From the click on the button to the moment at which the agent begins to speak; one for each call. */
  readonly greetedMs: readonly number[];
  /** What was not as it should be, in words. */
  readonly faults: readonly string[];
}

/** daily-js remarks on the page's own microphone; Firefox on prefixes that only other browsers know. */
const REMARKS =
  /MediaStreamTrack found in props|Unknown property|Error in parsing value|Loading failed for the <script>/;

export async function placeCalls(name: string, browser: TestBrowser, bots: Bots, calls: number): Promise<PageResult[]> {
  const results: PageResult[] = [];
  for (const way of ['webrtc', 'daily'] as const) {
    const greetedMs: number[] = [];
    const faults: string[] = [];
    for (let call = 0; call < calls; call += 1) {
      const page = await PageDriver.open(browser, bots.urls[way]);
      try {
        greetedMs.push(await greeted(page));
        if (call === 0) faults.push(...(await wholeCall(page)));
        await page.press('Hang up');
        await page.reads('Thank you for calling.');
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error));
      }
      faults.push(...page.complaints.filter((complaint) => !REMARKS.test(complaint)), ...page.strayRequests);
      await page.close();
    }
    results.push({ browser: name, way, greetedMs, faults });
  }
  return results;
}

/** A browser without WebRTC says so, and asks nobody for a call. */
export async function refusesWithoutWebRtc(name: string, browser: TestBrowser, bots: Bots): Promise<PageResult> {
  const page = await PageDriver.open(browser, bots.urls.webrtc);
  const faults: string[] = [];
  try {
    await page.press('Start call');
    await page.reads('This browser cannot make calls');
    faults.push(...(await page.barriers()), ...page.complaints);
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  await page.close();
  return { browser: name, way: 'no WebRTC', greetedMs: [], faults };
}

/** Calls; resolves with the time from the click to the agent's first word, as the page itself tells. */
async function greeted(page: PageDriver): Promise<number> {
  await page.page.evaluate(() => {
    const times = globalThis as { clickedMs?: number; greetedMs?: number };
    addEventListener('click', () => (times.clickedMs ??= performance.now()), { capture: true });
    new MutationObserver(() => {
      if (document.querySelector('[data-activity="speaking"]') !== null) times.greetedMs ??= performance.now();
    }).observe(document.body, { subtree: true, attributes: true });
  });
  await page.press('Start call');
  await page.reads('How can I help you?');
  return page.page.evaluate(() => {
    const { clickedMs = Number.NaN, greetedMs = Number.NaN } = globalThis as { clickedMs?: number; greetedMs?: number };
    return greetedMs - clickedMs;
  });
}

/** What else a call must do, and what stands in somebody's way on its page. */
async function wholeCall(page: PageDriver): Promise<string[]> {
  const faults = await page.barriers();
  await page.reads('Listening');
  if ((await page.playedS()) < 0.5) faults.push('the greeting was not played');
  await page.enter('Message to the agent', 'My name is Ada');
  await page.reads('You said: My name is Ada.');
  await page.press('Mute');
  await page.reads('Unmute');
  await page.page.$eval('audio', (audio) => audio.pause());
  await page.press('Click to hear');
  await page.page.waitForFunction(() => document.querySelector('audio')?.paused === false, { timeout: 10_000 });
  return faults;
}
