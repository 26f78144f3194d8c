import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Tab, TestBrowser } from './browser';
import type { ConnectFailure, ConnectOptions, Harness, LoggedEvent } from './harness-page';

declare const harness: Harness; // in the page

const root = resolve(__dirname, '../..');

let bundling: Promise<string> | undefined;

/** The harness page's script: the Pipecat client as npm has it, nothing replaced. Takes about 0.2 s, once. */
function harnessBundle(): Promise<string> {
  return (bundling ??= readHarness());
}

async function readHarness(): Promise<string> {
  // The image has it built, and nothing to build it with.
  const built = join(__dirname, 'harness.js');
  if (existsSync(built)) return readFile(built, 'utf8');
  const { build } = await import('esbuild');
  const result = await build({
    absWorkingDir: root,
    entryPoints: [join(__dirname, 'harness-page.ts')],
    bundle: true,
    format: 'iife',
    target: 'chrome120',
    write: false,
    logLevel: 'warning',
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error('the harness page came out empty');
  return file.text;
}

export interface CallerOptions {
  /** Where the bot listens, as `http://127.0.0.1:port`. */
  readonly baseUrl: string;
  /** [scripted] */
  readonly microphone?: 'device' | 'scripted';
  /** The start key, if the bot wants one. */
  readonly key?: string;
  /** Of the request that starts the call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the request that starts the call. [none] */
  readonly startBody?: ConnectOptions['requestData'];
  /** Calls through Daily; see the harness page. */
  readonly dailyBundleUrl?: string;
  /** Hears of what the client has reported whenever somebody asks for it: see `events()`. */
  readonly onEvent?: (event: LoggedEvent) => void;
}

/** Mono PCM16 at a rate. */
export interface Sound {
  readonly samples: Int16Array;
  readonly rateHz: number;
}

/** Sound with the time at which it began, in ms since 1970. */
export interface HeardSound extends Sound {
  readonly startAtMs: number;
}

const codeOf = (problem: { readonly code?: unknown }): string | undefined =>
  typeof problem.code === 'string' ? problem.code : undefined;

/** A caller: the unmodified Pipecat client in a browser's tab, on the bot's own origin. */
export class BrowserCaller {
  readonly #tab: Tab;
  readonly #options: CallerOptions;
  #events: LoggedEvent[] = [];
  #problem: Promise<string | undefined> = Promise.resolve(undefined);

  private constructor(tab: Tab, options: CallerOptions) {
    this.#tab = tab;
    this.#options = options;
    tab.page.on('response', (response) => {
      if (response.ok() || response.request().method() !== 'POST') return;
      this.#problem = response.json().then(codeOf, () => undefined);
    });
  }

  static async open(browser: TestBrowser, options: CallerOptions): Promise<BrowserCaller> {
    const tab = await browser.openTab();
    // The client's recorder loads a worklet from a blob, which the bot's own pages rightly forbid.
    await tab.page.setBypassCSP(true);
    if (options.dailyBundleUrl !== undefined) {
      await tab.page.browserContext().setPermission(options.baseUrl, {
        permission: { name: 'microphone' },
        state: 'granted',
      });
    }
    await tab.page.goto(`${options.baseUrl}/health`);
    await tab.page.addScriptTag({ content: await harnessBundle() });
    return new BrowserCaller(tab, options);
  }

  /** The code in the bot's answer to the last request that it refused; undefined where it gave none. */
  get problem(): Promise<string | undefined> {
    return this.#problem;
  }

  /** Starts a call and waits until the bot is ready, or says why not. Never rejects because of the bot. */
  connect(endpoint = '/start'): Promise<{ ready: unknown } | { failure: ConnectFailure }> {
    return this.#connect({ endpoint });
  }

  /** Enters a Daily room that there is already; resolves when the bot is ready. */
  join(room: { url: string; token: string }): Promise<{ ready: unknown } | { failure: ConnectFailure }> {
    return this.#connect({ endpoint: '', room });
  }

  #connect(
    where: Pick<ConnectOptions, 'endpoint' | 'room'>,
  ): Promise<{ ready: unknown } | { failure: ConnectFailure }> {
    const { key, microphone = 'scripted', dailyBundleUrl, startBody } = this.#options;
    const options: ConnectOptions = {
      ...where,
      microphone,
      ...(dailyBundleUrl === undefined ? {} : { dailyBundleUrl }),
      ...(startBody === undefined ? {} : { requestData: startBody }),
      headers: { ...this.#options.headers, ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }) },
    };
    return this.#tab.page.evaluate((given) => harness.connect(given), options);
  }

  disconnect(): Promise<void> {
    return this.#tab.page.evaluate(() => harness.disconnect());
  }

  sendText(text: string): Promise<void> {
    return this.#tab.page.evaluate((given) => harness.sendText(given), text);
  }

  /** Keys of a telephone: 0–9, `*`, `#`. */
  press(keys: string): Promise<void> {
    return this.#tab.page.evaluate((given) => harness.press(given), keys);
  }

  setMicrophone(enabled: boolean): Promise<void> {
    return this.#tab.page.evaluate((given) => harness.setMicrophone(given), enabled);
  }

  /** Speaks into the scripted microphone; resolves at once with the times of the first and last sample. */
  say(sound: Sound): Promise<{ startAtMs: number; endAtMs: number }> {
    const { buffer, byteOffset, byteLength } = sound.samples;
    const pcm = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    return this.#tab.page.evaluate((given, rateHz) => harness.say(given, rateHz), pcm, sound.rateHz);
  }

  state(): Promise<string> {
    return this.#tab.page.evaluate(() => harness.state());
  }

  /** Everything the client has reported so far. */
  async events(): Promise<readonly LoggedEvent[]> {
    const news = await this.#tab.page.evaluate((from) => harness.events(from), this.#events.length);
    this.#events = [...this.#events, ...news];
    if (this.#options.onEvent !== undefined) news.forEach(this.#options.onEvent);
    return this.#events;
  }

  /** Waits for an event that `accept` takes, from number `from` of the log on; the page is asked when it has news. */
  async waitFor(
    name: string,
    accept: (data: unknown, atMs: number) => boolean = () => true,
    options: { from?: number; timeoutMs?: number } = {},
  ): Promise<LoggedEvent> {
    const deadlineMs = Date.now() + (options.timeoutMs ?? 10_000);
    for (;;) {
      const all = await this.events();
      const found = all.slice(options.from ?? 0).find((event) => event.name === name && accept(event.data, event.atMs));
      if (found !== undefined) return found;
      const leftMs = deadlineMs - Date.now();
      if (leftMs <= 0) {
        const told = all.filter((event) => event.name !== 'localAudioLevel').slice(-12);
        throw new Error(`no ${name} in time; the last events were ${JSON.stringify(told)}`);
      }
      await this.#tab.page
        .waitForFunction((known) => harness.events(known).length > 0, { timeout: leftMs, polling: 20 }, all.length)
        .catch(() => undefined); // too late: the next look says so with the log at hand
    }
  }

  /** What came out of the loudspeaker since the bot's track began. */
  async heard(): Promise<HeardSound> {
    const { pcm16Base64, rateHz, startAtMs } = await this.#tab.page.evaluate(() => harness.heard());
    const bytes = Uint8Array.from(Buffer.from(pcm16Base64, 'base64'));
    return { samples: new Int16Array(bytes.buffer), rateHz, startAtMs };
  }

  get complaints(): readonly string[] {
    return this.#tab.complaints;
  }

  get strayRequests(): readonly string[] {
    return this.#tab.strayRequests;
  }

  close(): Promise<void> {
    return this.#tab.close();
  }
}
