import { BotError } from '../../../errors';
import type { Logger } from '../../../telemetry';
import type { Clock, Timer } from '../../../time';
import { Chromium, type ChromiumPath } from './chromium';
import { HostPage } from './host-page';

export interface PoolLimits {
  /** One page's crash ends as many calls. */
  readonly callsPerPage: number;
  /** One browser's crash ends as many pages. */
  readonly pagesPerBrowser: number;
  /** Calls that there may be at all. */
  readonly maxCalls: number;
  /** A page that has served this many takes no more, and is replaced. */
  readonly callsInPageLife: number;
}

/** So often a page without calls is asked whether it still answers: it costs 2 ms. */
const ASK_IDLE_EVERY_MS = 30_000;
/** After failures in a row a browser is started later and later. */
const RELAUNCH_AFTER_MS = [0, 500, 1_000, 2_000, 5_000, 15_000] as const;

interface PooledBrowser {
  readonly chromium: Chromium;
  pages: HostPage[];
  /** Takes no new page, and closes with its last call: a page in it hung and could not be closed. */
  retiring: boolean;
}

type Health = { readonly ok: true } | { readonly ok: false; readonly detail: string };

type BrowserPoolOptions = { chromium: ChromiumPath; pageUrl: string; limits: PoolLimits; clock: Clock; logger: Logger };

/**
 * Browsers with pages with calls. One page with room for a call is always kept ready; browsers that die are replaced
 * at once, and with growing pauses while that fails. Calls fill a page before the next: what a page costs is shared.
 */
export class BrowserPool {
  readonly #options: BrowserPoolOptions;
  #browsers: PooledBrowser[] = [];
  #opening: Promise<HostPage> | undefined;
  #relaunch: Timer | undefined;
  #asking: Timer | undefined;
  #failures = 0;
  #everReady = false;
  #lastError: string | undefined;
  #closing: Promise<void> | undefined;
  readonly #ending = new Set<Promise<unknown>>();

  constructor(options: BrowserPoolOptions) {
    this.#options = options;
  }

  /** The processes of the browsers, for tests and bench. */
  get pids(): readonly number[] {
    return this.#browsers.flatMap(({ chromium }) => chromium.pid ?? []);
  }

  get pages(): readonly HostPage[] {
    return this.#browsers.flatMap(({ pages }) => pages);
  }

  /** Good while the next call has a page, or its page is on the way and nothing speaks against it: a browser is no page. */
  get health(): Health {
    if (this.#findPage() !== undefined) return { ok: true };
    if (this.#failures > 0) return { ok: false, detail: `no page opens: ${this.#lastError ?? 'unknown'}` };
    if (this.pages.some(({ alive }) => alive)) return { ok: true };
    return { ok: false, detail: this.#everReady ? 'restarting the browser' : 'starting the browser' };
  }

  /** Starts a browser and its first page. Never rejects: what fails is tried again, and `health` tells. */
  async warm(): Promise<void> {
    if (this.#closing !== undefined || this.#findPage() !== undefined) return;
    try {
      await this.#openPage();
    } catch {
      // `#onFailure` has logged it and tries again.
    }
  }

  /** Takes a place for a call in a page; give it back with `release`. @throws BotError `browser_failed` */
  async acquire(): Promise<HostPage> {
    if (this.#closing !== undefined) throw new BotError('browser_failed', 'The browsers are closing.');
    const page = this.#findPage() ?? (await this.#openPage());
    if (!page.alive || page.calls >= this.#options.limits.callsPerPage) return this.acquire();
    page.calls += 1;
    page.served += 1;
    if (page.calls === 1 && !(await page.answers())) {
      page.calls -= 1;
      this.discard(page);
      return this.acquire();
    }
    if (this.#findPage() === undefined && this.#capacityLeft() > 0) void this.#openPage().catch(() => undefined);
    return page;
  }

  /** Gives a place back. */
  release(page: HostPage): void {
    page.calls -= 1;
    if (page.calls > 0 || this.#closing !== undefined) return;
    if (page.served >= this.#options.limits.callsInPageLife) this.#retire(page);
    else if (this.#idlePages() > 1) this.#retire(page);
    const browser = this.#browsers.find(({ pages }) => pages.includes(page));
    if (browser?.retiring === true && browser.pages.every(({ calls }) => calls === 0)) this.#drop(browser);
    void this.warm();
  }

  /** Something in the page went wrong that may stay in it: it takes no more calls, and goes with its last. */
  retireWhenIdle(page: HostPage): void {
    page.served = this.#options.limits.callsInPageLife;
  }

  /** A page hangs: it and its calls are given up. */
  discard(page: HostPage): void {
    page.end('page-hangs');
  }

  /** Closes all browsers. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#relaunch?.cancel();
    this.#asking?.cancel();
    await this.#opening?.catch(() => undefined);
    const browsers = this.#browsers;
    this.#browsers = [];
    for (const page of browsers.flatMap(({ pages }) => pages)) page.end('browser-gone');
    await Promise.all([...browsers.map(({ chromium }) => chromium.close()), ...this.#ending]);
  }

  /** The fullest page that has room: what its threads cost is paid already. */
  #findPage(): HostPage | undefined {
    const { callsPerPage, callsInPageLife } = this.#options.limits;
    return this.#browsers
      .filter(({ retiring }) => !retiring)
      .flatMap(({ pages }) => pages)
      .filter(({ alive, calls, served }) => alive && calls < callsPerPage && served < callsInPageLife)
      .sort((a, b) => b.calls - a.calls)[0];
  }

  #capacityLeft(): number {
    return this.#options.limits.maxCalls - this.pages.reduce((sum, { calls }) => sum + calls, 0);
  }

  #idlePages(): number {
    return this.pages.filter(({ alive, calls }) => alive && calls === 0).length;
  }

  /** One at a time: concurrent callers wait for the same page. */
  #openPage(): Promise<HostPage> {
    this.#opening ??= this.#open()
      .catch((error: unknown) => {
        this.#onFailure(BotError.from(error, 'browser_failed', 'A browser for calls could not be started.'));
        throw error;
      })
      .finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<HostPage> {
    const { limits, pageUrl, clock, logger } = this.#options;
    const roomy = this.#browsers.find(
      ({ retiring, chromium, pages }) => !retiring && chromium.connected && pages.length < limits.pagesPerBrowser,
    );
    const browser = roomy ?? (await this.#launch());
    const page = await HostPage.open(browser.chromium, pageUrl, clock);
    browser.pages.push(page);
    page.onEnd((end) => {
      // In the end all pages go, and that is no fault.
      if (this.#closing === undefined) logger.error({ end, calls: page.calls }, 'a page with calls ended');
      if (end !== 'browser-gone') this.#retire(page);
      void this.warm();
    });
    this.#failures = 0;
    this.#everReady = true;
    this.#askIdle();
    return page;
  }

  /** A machine short of memory or processes can lose a page without a word; the next caller must not be who finds out. */
  #askIdle(): void {
    this.#asking?.cancel();
    if (this.#closing !== undefined) return;
    this.#asking = this.#options.clock.after(ASK_IDLE_EVERY_MS, () => {
      const idle = this.pages.filter(({ alive, calls }) => alive && calls === 0);
      void Promise.all(
        idle.map(async (page) => {
          if (!(await page.answers()) && page.calls === 0) this.discard(page);
        }),
      ).then(() => this.#askIdle());
    });
  }

  async #launch(): Promise<PooledBrowser> {
    const { clock, logger } = this.#options;
    const startedMs = clock.nowMs();
    const chromium = await Chromium.launch(this.#options.chromium, clock);
    const browser: PooledBrowser = { chromium, pages: [], retiring: false };
    if (this.#closing !== undefined) {
      await chromium.close();
      throw new BotError('browser_failed', 'The browsers are closing.');
    }
    this.#browsers.push(browser);
    chromium.onGone(() => this.#onGone(browser));
    logger.info({ launchMs: Math.round(clock.nowMs() - startedMs) }, 'browser started');
    return browser;
  }

  #onGone(browser: PooledBrowser): void {
    this.#options.logger.error({ pages: browser.pages.length }, 'a browser ended unasked');
    this.#drop(browser);
    for (const page of browser.pages) page.end('browser-gone');
    void this.warm();
  }

  #onFailure(error: BotError): void {
    this.#failures += 1;
    this.#lastError = error.message;
    if (this.#closing !== undefined) return;
    const index = Math.min(this.#failures, RELAUNCH_AFTER_MS.length - 1);
    const delayMs = RELAUNCH_AFTER_MS[index] ?? 0;
    this.#options.logger.error({ err: error, failures: this.#failures, againInMs: delayMs }, 'no page for calls');
    // A browser that lives and opens no page is no good either.
    for (const browser of this.#browsers.filter(({ pages }) => pages.length === 0)) this.#drop(browser);
    this.#relaunch?.cancel();
    this.#relaunch = this.#options.clock.after(delayMs, () => void this.warm());
  }

  /** Closes a page; if its browser cannot even do that, the browser goes as soon as its other calls are over. */
  #retire(page: HostPage): void {
    const browser = this.#browsers.find(({ pages }) => pages.includes(page));
    if (browser === undefined) return;
    browser.pages = browser.pages.filter((other) => other !== page);
    // A headless browser without a page may end by itself: it goes with its last one.
    if (browser.pages.length === 0) {
      this.#drop(browser);
      return;
    }
    this.#track(
      page.close().then((closed) => {
        if (!closed) browser.retiring = true;
        if (browser.retiring && browser.pages.every(({ calls }) => calls === 0)) this.#drop(browser);
      }),
    );
  }

  #drop(browser: PooledBrowser): void {
    if (!this.#browsers.includes(browser)) return;
    this.#browsers = this.#browsers.filter((other) => other !== browser);
    for (const page of browser.pages) page.end('browser-gone');
    this.#track(browser.chromium.close());
  }

  #track(work: Promise<unknown>): void {
    this.#ending.add(work);
    void work.finally(() => this.#ending.delete(work));
  }
}
