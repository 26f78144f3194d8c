import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { callOverWebRtc } from '../../ops/calls/webrtc-call';
import { BrowserCaller, launchBrowser } from '../../smoke/browser';
import { startStandIns } from '../../testbed/programs/demo/stand-ins';
import { readRecording } from '../../testbed/speech';
import type { Image } from './replay';
import type { Report } from './report';
import { ask, startBot } from './run';
import type { Target } from './targets';

const CHECK_FOLDER = 'opt/check';
const READY_WITHIN_MS = 60_000;
const SPEAK_WITHIN_MS = 60_000;
/** So few that a browser starts at best, and no page opens. */
const FEW_PROCESSES = 64;

/**
 * Media between browsers on one machine goes over loopback, which Chromium has to be told. There is no shell in the image
 * to say so: the check brings one of the Debian that the image was collected from.
 */
export function bringLoopbackChromium({ root }: Image, system: string): string {
  const folder = path.join(root, CHECK_FOLDER);
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(system, 'usr/bin/dash'), path.join(folder, 'sh'));
  const script = path.join(folder, 'chromium');
  const command = 'exec /usr/lib/chromium/chromium-headless-shell "$@" --allow-loopback-in-peer-connection';
  writeFileSync(script, `#!/${CHECK_FOLDER}/sh\n${command}\n`);
  for (const file of ['sh', 'chromium']) chmodSync(path.join(folder, file), 0o755);
  return `/${CHECK_FOLDER}/chromium`;
}

/** Places a spoken call on the image against the local stand-ins, and stops it: without an error in its log. */
export async function checkCall(
  image: Image,
  { transport }: Target,
  chromium: string | undefined,
  report: Report,
): Promise<void> {
  const isDaily = transport === 'daily';
  const options = {
    once: true,
    bedrock: false,
    dialect: 'live',
    daily: isDaily,
    phone: false,
    port: 0,
    recordings: '',
    json: false,
  } as const;
  const standIns = await startStandIns(options);
  try {
    // A call is what is looked at here, not whether this machine has time for one.
    const local = chromium === undefined ? {} : { CHROMIUM_PATH: chromium, DAILY_MAX_BUSY_PERCENT: '100' };
    const env = defined({ ...standIns.botEnvironment, ...local, TMPDIR: '/tmp' });
    const bot = await startBot(image, { env });
    try {
      const ready = await untilReady(bot.url);
      report.check(ready?.status === 200, `I5: /ready says ${JSON.stringify(ready?.body)}`);
      const heard =
        standIns.daily === undefined ? await callWebRtc(bot.url) : await callDaily(bot.url, standIns.daily.bundleUrl);
      report.check(true, `a call by ${transport}: ${heard}`);
    } finally {
      const code = await bot.stop();
      report.check(code === 0, `SIGTERM ends it with 0 (${String(code)})`);
      const errors = bot.lines().filter((line) => /"level":"(error|fatal)"/.test(line));
      report.check(errors.length === 0, `I7: no error in the log of a call and a clean stop ${errors.join(' ')}`);
    }
  } finally {
    await standIns.stop();
  }
}

/** I5: where there are too few processes for a page, /ready says so, for as long as that is so. */
export async function checkNotReady(image: Image, report: Report): Promise<void> {
  const env = { TRANSPORT: 'daily', DAILY_API_KEY: 'a-key-for-the-check', DAILY_API_URL: 'http://127.0.0.1:9/' };
  const bot = await startBot(image, { env, processes: FEW_PROCESSES });
  try {
    const failed = await waitFor(() => bot.lines().some((line) => line.includes('no page for calls')));
    const ready = await ask(`${bot.url}/ready`);
    const told = JSON.stringify(ready?.body);
    report.check(
      failed && ready?.status === 503 && told.includes('no_rooms'),
      `I5: with ${FEW_PROCESSES} processes /ready says ${told}`,
    );
  } finally {
    await bot.stop();
  }
}

async function callWebRtc(baseUrl: string): Promise<string> {
  const { signal } = new AbortController();
  const call = await callOverWebRtc({ baseUrl, apiKey: undefined, signal, done: '' });
  call.caller.hangUp();
  return `greeted, and answered ${Math.round(call.answerMs)} ms after the caller's last word`;
}

async function callDaily(baseUrl: string, dailyBundleUrl: string): Promise<string> {
  const browser = await launchBrowser({ offersLoopback: true });
  try {
    const caller = await BrowserCaller.open(browser, { baseUrl, dailyBundleUrl });
    const result = await caller.connect();
    if ('failure' in result) throw new Error(`the call was refused: ${result.failure.message}`);
    const limit = { timeoutMs: SPEAK_WITHIN_MS };
    await caller.waitFor('botStoppedSpeaking', undefined, limit);
    const from = (await caller.events()).length;
    const { endAtMs } = await caller.say(readRecording('0880'));
    const answer = await caller.waitFor('botStartedSpeaking', undefined, { from, ...limit });
    const { samples } = await caller.heard();
    await caller.disconnect();
    if (!samples.some((sample) => Math.abs(sample) > 300)) throw new Error('the bot was not heard');
    return `greeted, and answered ${Math.round(answer.atMs - endAtMs)} ms after the caller's last word`;
  } finally {
    await browser.close();
  }
}

async function untilReady(url: string): Promise<Awaited<ReturnType<typeof ask>>> {
  let answer: Awaited<ReturnType<typeof ask>>;
  await waitFor(async () => (answer = await ask(`${url}/ready`))?.status === 200);
  return answer;
}

/** Whether it comes about in time; looked at again and again, for it is in another process. */
async function waitFor(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < untilMs) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

const defined = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
