import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type axeCore from 'axe-core';
import type { Speaking, Tab, TabMicrophone, TestBrowser } from '../../smoke/browser';
import type { Wav } from '../speech';

declare const axe: typeof axeCore; // in the page

let axeSource: string | undefined;

export interface PageOptions {
  readonly microphone?: TabMicrophone;
  readonly width?: number;
  readonly height?: number;
}

/** Waiting ends with what is waited for; this much only a machine with a lot else to do needs. */
const PATIENCE_MS = 20_000;

/** The caller's page as a person sees it: words to read, buttons to press. */
export class PageDriver {
  readonly #tab: Tab;

  private constructor(tab: Tab) {
    this.#tab = tab;
  }

  static async open(browser: TestBrowser, url: string, options: PageOptions = {}): Promise<PageDriver> {
    const tab = await browser.openTab(options.microphone === undefined ? {} : { microphone: options.microphone });
    await tab.page.setViewport({ width: options.width ?? 1280, height: options.height ?? 800 });
    await tab.page.goto(`${url}/`);
    return new PageDriver(tab);
  }

  get page(): Tab['page'] {
    return this.#tab.page;
  }

  /** Console errors and warnings, and exceptions nobody caught. */
  get complaints(): readonly string[] {
    return this.#tab.complaints;
  }

  get strayRequests(): readonly string[] {
    return this.#tab.strayRequests;
  }

  /** Presses the button with these words; waits until there is one to press. */
  async press(words: string): Promise<void> {
    const button = await this.page.waitForSelector(`::-p-aria([name="${words}"][role="button"])`, {
      visible: true,
      timeout: PATIENCE_MS,
    });
    if (button === null) throw new Error(`there is no button "${words}"`);
    await button.click();
    await button.dispose();
  }

  /** Presses a button that hands the caller a text file; returns what is in it. */
  async saved(words: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'voice-agent-saved-'));
    const session = await this.page.createCDPSession();
    try {
      const { id: browserContextId } = this.page.browserContext();
      const complete = new Promise<void>((resolve) => {
        session.on('Browser.downloadProgress', ({ state }) => state === 'completed' && resolve());
      });
      await session.send('Browser.setDownloadBehavior', {
        behavior: 'allow',
        downloadPath: folder,
        eventsEnabled: true,
        ...(browserContextId === undefined ? {} : { browserContextId }),
      });
      await this.press(words);
      await complete;
      const [name = ''] = await readdir(folder);
      return await readFile(path.join(folder, name), 'utf8');
    } finally {
      await session.detach();
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Types into the field with this label, and sends. */
  async enter(label: string, text: string): Promise<void> {
    const field = await this.page.waitForSelector(`::-p-aria([name="${label}"])`, {
      visible: true,
      timeout: PATIENCE_MS,
    });
    if (field === null) throw new Error(`there is no field "${label}"`);
    await field.evaluate((element) => ((element as HTMLInputElement).value = ''));
    await field.type(text);
    await field.press('Enter');
    await field.dispose();
  }

  /** Speaks into a `spoken` microphone, from now on. */
  async speaks({ samples, rateHz }: Wav): Promise<void> {
    await this.page.evaluate(
      (given, rate) => (globalThis as unknown as Speaking).speakIntoMicrophone(given, rate),
      [...samples],
      rateHz,
    );
  }

  /** Waits until a person can read these words on the page. */
  async reads(words: string, timeoutMs = PATIENCE_MS): Promise<void> {
    try {
      await this.page.waitForFunction(
        (given) => document.body.innerText.includes(given),
        { timeout: timeoutMs, polling: 'mutation' },
        words,
      );
    } catch {
      throw new Error(`the page never read "${words}", but: ${await this.text()}`);
    }
  }

  /** Waits until the agent's sentence with these words reaches the caller's ear. */
  async hears(words: string, timeoutMs = PATIENCE_MS): Promise<void> {
    await this.page.waitForFunction(
      (given) =>
        [...document.querySelectorAll('.sentence:is(.being-heard, .heard)')].some((one) =>
          one.textContent.includes(given),
        ),
      { timeout: timeoutMs, polling: 'mutation' },
      words,
    );
  }

  /** What axe finds wrong with the page as it is now, for people who see, hear or move otherwise. Empty when all is well. */
  async barriers(): Promise<string[]> {
    axeSource ??= await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    // A page's policy does not hold for what its debugger evaluates.
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async () => {
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${String(failureSummary)}`),
      );
    });
  }

  /** All that can be read now; screen readers' extra words are left out. */
  text(): Promise<string> {
    return this.page.evaluate(() => document.body.innerText);
  }

  /** The conversation, a line each: `you: …` or `agent: …`, unheard words in [brackets]. */
  lines(): Promise<string[]> {
    return this.page.$$eval('#lines > li', (items) =>
      items.map((item) => {
        const copy = item.cloneNode(true) as HTMLElement;
        for (const unseen of copy.querySelectorAll('.unseen')) unseen.remove();
        for (const struck of copy.querySelectorAll('s')) struck.textContent = `[${struck.textContent}]`;
        const kinds = { caller: 'you', bot: 'agent', tool: 'tool', trouble: 'trouble' };
        const who = Object.entries(kinds).find(([kind]) => item.classList.contains(kind))?.[1] ?? 'unknown';
        return `${who}: ${copy.textContent}`;
      }),
    );
  }

  /** Seconds of sound that the agent's audio element has played. */
  playedS(): Promise<number> {
    return this.page.$eval('audio', (audio) => (audio.paused ? 0 : audio.currentTime));
  }

  /** How much of a meter is drawn on, from 0 to 1. */
  meterInk(side: 'caller' | 'agent'): Promise<number> {
    return this.page.$eval(`#${side}-meter`, (canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      let drawn = 0;
      for (let at = 3; at < pixels.length; at += 4) if ((pixels[at] ?? 0) > 0) drawn += 1;
      return drawn / (width * height);
    });
  }

  close(): Promise<void> {
    return this.#tab.close();
  }
}
