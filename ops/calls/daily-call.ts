import { BrowserCaller, launchBrowser, type LoggedEvent, type TestBrowser } from '../../smoke/browser';
import { DAILY_HOSTS, resolverRules } from '../../bot/transport/daily';
import { OpsError } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';
import { inconclusive, refused } from './inconclusive';

export interface DailyCallOptions {
  readonly url: string;
  /** Of the request that starts the call. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly startKey: string | undefined;
  /** Where daily-js loads its call machine from; undefined is Daily's own servers. */
  readonly bundleUrl: string | undefined;
}

const SPEAK_WITHIN_MS = 30_000;
const NETWORK = 'Look at this machine’s clock, network and proxies, and at status.daily.co; or call from elsewhere.';
/** Of full scale: louder than a line's noise, softer than any voice. */
const HEARD = 300;

/**
 * Calls as a user does: the unmodified Pipecat client, through Daily, in a Chromium of this machine, until the bot is
 * heard. The key travels into the page and nowhere else.
 * @returns from the start to the bot's first word, in ms
 * @throws OpsError `bot_failed`; `call_inconclusive` where it is no fault of the bot
 */
export async function callThroughDaily(options: DailyCallOptions): Promise<number> {
  const browser = await open(options.url);
  try {
    const caller = await openCaller(browser, options);
    const beganMs = Date.now();
    await connect(caller);
    const { atMs } = await heard(caller, 'botStartedSpeaking');
    await heard(caller, 'botStoppedSpeaking');
    const { samples } = await caller.heard();
    await caller.disconnect();
    if (!samples.some((sample) => Math.abs(sample) > HEARD)) {
      throw new OpsError('bot_failed', 'the bot says that it speaks, and nothing is heard of it', 'docs/daily.md');
    }
    return atMs - beganMs;
  } finally {
    await browser.close();
  }
}

/** @throws OpsError `call_inconclusive` */
async function open(url: string): Promise<TestBrowser> {
  const { origin, hostname } = new URL(url);
  try {
    return await launchBrowser({
      offersLoopback: true,
      extraArguments: [
        // The last of its kind counts: Daily's hosts and the bot's besides loopback.
        `--host-resolver-rules=${resolverRules([...DAILY_HOSTS, hostname])}`,
        // A trial without a certificate would get no microphone.
        `--unsafely-treat-insecure-origin-as-secure=${origin}`,
      ],
    });
  } catch (error) {
    const { message } = readThrown(error);
    throw inconclusive(
      `there is no browser here to call with: ${message}`,
      'npm ci brings one for Linux on x64; elsewhere CHROMIUM_PATH names yours.',
      error,
    );
  }
}

/** The bot has answered this machine already: what now fails is the browser's. @throws OpsError `call_inconclusive` */
async function openCaller(browser: TestBrowser, options: DailyCallOptions): Promise<BrowserCaller> {
  const { url, headers, startKey, bundleUrl } = options;
  try {
    return await BrowserCaller.open(browser, {
      baseUrl: new URL(url).origin,
      dailyBundleUrl: bundleUrl ?? 'default',
      ...(headers === undefined ? {} : { headers }),
      ...(startKey === undefined ? {} : { key: startKey }),
    });
  } catch (error) {
    const { message } = readThrown(error);
    throw inconclusive(`the browser here does not open ${url}: ${message}`, NETWORK, error);
  }
}

/** @throws OpsError */
async function connect(caller: BrowserCaller): Promise<void> {
  // It rejects where nobody comes in time.
  const result = await caller.connect().catch(() => undefined);
  if (result !== undefined && 'ready' in result) return;
  const { status, message: text = 'nobody came' } = result?.failure ?? {};
  if (status !== undefined) throw refused({ status, text, code: await caller.problem });
  if (result === undefined && (await caller.state()) === 'connected') {
    throw new OpsError('bot_failed', 'the bot does not come into the room of the call', 'docs/daily.md');
  }
  throw inconclusive(`the room of the call cannot be entered from here: ${text}`, NETWORK);
}

/** @throws OpsError `bot_failed` */
async function heard(caller: BrowserCaller, event: string): Promise<LoggedEvent> {
  try {
    return await caller.waitFor(event, undefined, { timeoutMs: SPEAK_WITHIN_MS });
  } catch (error) {
    throw new OpsError('bot_failed', `the bot is not heard: ${readThrown(error).message}`, '', error);
  }
}
