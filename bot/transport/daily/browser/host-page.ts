import type { Page } from 'puppeteer-core';
import { BotError } from '../../../errors';
import { type Clock, endsWithin } from '../../../time';
import type { PageBridge } from '../bridge/control';
import type { Chromium } from './chromium';

/** A page that does not answer within this time hangs, or its browser does. */
const ANSWER_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 2_000;
/** For an idle page, whose loss costs no call. */
const IDLE_ANSWER_WITHIN_MS = 1_500;

/** Said of a page when nothing can be heard of it any more. */
export type PageEnd = 'page-crashed' | 'page-hangs' | 'browser-gone';

declare const bridge: PageBridge; // in the page; see page/main.ts

/** A page that hosts calls, in one browser. */
export class HostPage {
  readonly #page: Page;
  readonly #clock: Clock;
  readonly browser: Chromium;
  readonly #onEnd = new Set<(end: PageEnd) => void>();
  /** Calls in it now. */
  calls = 0;
  /** Calls it ever had: pages are replaced before what daily-js leaves behind can add up. */
  served = 0;
  #end: PageEnd | 'closed' | undefined;

  private constructor(page: Page, browser: Chromium, clock: Clock) {
    this.#page = page;
    this.browser = browser;
    this.#clock = clock;
    page.on('error', () => this.end('page-crashed'));
    page.on('close', () => this.end('page-crashed'));
  }

  /** @throws BotError `browser_failed` */
  static async open(browser: Chromium, url: string, clock: Clock): Promise<HostPage> {
    try {
      const page = await browser.newPage();
      const host = new HostPage(page, browser, clock);
      await page.goto(url, { waitUntil: 'load', timeout: ANSWER_WITHIN_MS });
      await host.#within(page.evaluate(() => bridge.warm()));
      return host;
    } catch (error) {
      throw new BotError('browser_failed', 'A page for calls did not open.', { cause: error });
    }
  }

  get alive(): boolean {
    return this.#end === undefined;
  }

  /** Has the page connect a call to the bridge. @throws BotError `browser_failed` */
  async openCall(secret: string): Promise<void> {
    try {
      await this.#within(this.#page.evaluate((given) => bridge.open(given), secret));
    } catch (error) {
      throw new BotError('browser_failed', 'A page for calls did not answer.', { cause: error });
    }
  }

  /** Whether it answers at all: an idle page has no call whose socket would notice that it hangs. */
  async answers(): Promise<boolean> {
    try {
      return await this.#within(
        this.#page.evaluate(() => true),
        IDLE_ANSWER_WITHIN_MS,
      );
    } catch {
      return false;
    }
  }

  /** What is in the page, for tests and bench. */
  census(): Promise<ReturnType<PageBridge['census']>> {
    return this.#page.evaluate(() => bridge.census());
  }

  /** Calls `ended` once, should the page end without being closed. */
  onEnd(ended: (end: PageEnd) => void): () => void {
    this.#onEnd.add(ended);
    return () => this.#onEnd.delete(ended);
  }

  /** The page is lost: tells everybody who listens for that. Idempotent. */
  end(end: PageEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const ended of [...this.#onEnd]) ended(end);
    this.#onEnd.clear();
  }

  /** Bounded. @returns whether the browser could close it; one that could not is fit for nothing more. */
  async close(): Promise<boolean> {
    this.#end ??= 'closed';
    this.#onEnd.clear();
    try {
      await this.#within(this.#page.close({ runBeforeUnload: false }), CLOSE_WITHIN_MS);
      return true;
    } catch {
      return this.#page.isClosed();
    }
  }

  async #within<T>(work: Promise<T>, limitMs = ANSWER_WITHIN_MS): Promise<T> {
    if (!(await endsWithin(this.#clock, limitMs, work))) throw new Error('the page did not answer in time');
    return work;
  }
}
