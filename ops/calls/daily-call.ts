import { BrowserCaller, launchBrowser } from '../../smoke/browser';
import { DAILY_HOSTS, resolverRules } from '../../bot/transport/daily';
import { OpsError } from '../cli/ops-error';
import { keyNeeded } from './key-needed';

export interface DailyCallOptions {
  readonly url: string;
  /** Of the request that starts the call. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly startKey: string | undefined;
  /** Where daily-js loads its call machine from; undefined is Daily's own servers. */
  readonly bundleUrl: string | undefined;
}

const SPEAK_WITHIN_MS = 30_000;
/** Of full scale: louder than a line's noise, softer than any voice. */
const HEARD = 300;

/**
 * Calls as a user does: the unmodified Pipecat client, through Daily, in a Chromium of this machine, until the bot is
 * heard. The key travels into the page and nowhere else.
 * @returns from the start to the bot's first word, in ms
 * @throws OpsError `bot_failed`
 */
export async function callThroughDaily(options: DailyCallOptions): Promise<number> {
  const { url, headers, startKey, bundleUrl } = options;
  const { origin, hostname } = new URL(url);
  const browser = await launchBrowser({
    offersLoopback: true,
    extraArguments: [
      // The last of its kind counts: Daily's hosts and the bot's besides loopback.
      `--host-resolver-rules=${resolverRules([...DAILY_HOSTS, hostname])}`,
      // A trial without a certificate would get no microphone.
      `--unsafely-treat-insecure-origin-as-secure=${origin}`,
    ],
  });
  try {
    const caller = await BrowserCaller.open(browser, {
      baseUrl: origin,
      dailyBundleUrl: bundleUrl ?? 'default',
      ...(headers === undefined ? {} : { headers }),
      ...(startKey === undefined ? {} : { key: startKey }),
    });
    const beganMs = Date.now();
    const result = await caller.connect();
    if ('failure' in result) {
      const { message } = result.failure;
      throw new OpsError('bot_failed', `the call was refused: ${message}`, keyNeeded(message));
    }
    const { atMs } = await caller.waitFor('botStartedSpeaking', undefined, { timeoutMs: SPEAK_WITHIN_MS });
    await caller.waitFor('botStoppedSpeaking', undefined, { timeoutMs: SPEAK_WITHIN_MS });
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
