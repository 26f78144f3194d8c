/** Calls through Daily rooms: what they cost over all processes of the bot, and their latency beside WebRTC's. */
import { firstSoundAfter, lastSoundBeforeQuiet } from '../testbed/speech/audio-analysis';
import { launchBrowser, type TestBrowser } from '../smoke/browser/browser';
import { BrowserCaller } from '../smoke/browser/browser-caller';
import { BotProcess } from '../testbed/processes/bot-process';
import { localDaily } from '../testbed/fakes/daily/local-bot';
import { startFakeDaily, type FakeDaily } from '../testbed/fakes/daily/server';
import { FAKE_CREDENTIALS } from '../testbed/fakes/bedrock/server';
import { Worker, span } from '../testbed/processes/worker';
import { cpuMs, processTree, pssMb } from '../testbed/processes/process-tree';
import { textLasting } from './speech';

const CALLERS_IN_BROWSER = 4;

/** One row of the table: CPU in % of one core. */
export interface DailyCost {
  readonly calls: number;
  readonly cpuPercentPerCall: number;
  readonly nodePercentPerCall: number;
  readonly mbTotal: number;
  readonly mbPerCall: number;
  readonly glitches: number;
}

/** Milliseconds, median and worst, of the same measurement by the same client in the same browser. */
export interface DailyLatency {
  readonly transport: 'daily' | 'webrtc';
  readonly outP50: number;
  readonly outWorst: number;
  readonly inP50: number;
  readonly inWorst: number;
  readonly silentP50: number;
  readonly silentWorst: number;
}

interface Bench {
  readonly model: Worker;
  readonly daily: FakeDaily;
  readonly bot: BotProcess;
  /** The callers', of four each: a browser holds six connections to a host, and a page may keep one. */
  readonly browsers: readonly TestBrowser[];
}

/** N calls in which the bot speaks all the time and the callers' microphones are open. */
export async function benchDaily(calls: number, seconds: number): Promise<DailyCost> {
  return within('daily', calls, async (bench) => {
    const empty = pssMb(processTree(bench.bot.pid));
    const callers: BrowserCaller[] = [];
    for (let i = 0; i < calls; i += 1) callers.push(await connect(bench, 'daily', i));
    for (const caller of callers) await caller.sendText(textLasting((seconds + 8) * 1000));
    await span(4_000);
    const pids = processTree(bench.bot.pid);
    const [allBefore, nodeBefore, startedMs] = [cpuMs(pids), cpuMs([bench.bot.pid]), performance.now()];
    await span(seconds * 1000);
    const wallMs = performance.now() - startedMs;
    const mbTotal = pssMb(pids);
    const share = (ms: number): number => (100 * ms) / wallMs / calls;
    const cost = { all: share(cpuMs(pids) - allBefore), node: share(cpuMs([bench.bot.pid]) - nodeBefore) };
    const ended = bench.bot.log.filter(({ msg }) => msg === 'call ended').length;
    if (ended > 0) throw new Error(`${ended} calls ended while they were measured`);
    for (const caller of callers) await caller.disconnect();
    await bench.bot.waitForLog('call ended');
    const glitches = bench.bot.log.reduce((sum, line) => sum + Number(line['glitches'] ?? 0), 0);
    return {
      calls,
      cpuPercentPerCall: cost.all,
      nodePercentPerCall: cost.node,
      mbTotal,
      mbPerCall: (mbTotal - empty) / calls,
      glitches,
    };
  });
}

/** One call of each kind, after each other: sound to the caller's ear, sound to the model, and barge-in. */
export async function benchDailyLatency(times: number): Promise<DailyLatency[]> {
  const rows: DailyLatency[] = [];
  for (const transport of ['webrtc', 'daily', 'webrtc', 'daily'] as const) {
    rows.push(await within(transport, 1, (bench) => latency(bench, transport, times)));
  }
  return rows;
}

async function latency(bench: Bench, transport: 'daily' | 'webrtc', times: number): Promise<DailyLatency> {
  const caller = await connect(bench, transport);
  const [out, into, silent]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < times; i += 1) {
    let from = (await caller.events()).length;
    const next = async (name: string): Promise<void> => {
      const event = await caller.waitFor(name, undefined, { from, timeoutMs: 20_000 });
      from = (await caller.events()).indexOf(event) + 1;
    };
    // What was said before has left the caller's buffer, too: else its end would be taken for the beginning.
    await span(500);
    const askedMs = Date.now();
    await caller.sendText(textLasting(6_000));
    await next('botStartedSpeaking');
    await span(1_200);
    const { startAtMs } = await caller.say(tone(600));
    await next('botStoppedSpeaking');
    // The model's answer to the tone.
    await next('botStartedSpeaking');
    await next('botStoppedSpeaking');
    const { samples, rateHz, startAtMs: startMs } = await caller.heard();
    const heard = { pcm: samples, rateHz, startMs };
    const spoke = (await bench.model.ask<number[]>('eventTimes', 'audioOutput')).find((atMs) => atMs > askedMs);
    const cut = (await bench.model.ask<number[]>('eventTimes', 'userSpeechStart')).find((atMs) => atMs > startAtMs);
    const reached = (await bench.model.ask<number[]>('onsets')).find((atMs) => atMs > startAtMs);
    out.push((firstSoundAfter(heard, askedMs) ?? Number.NaN) - (spoke ?? Number.NaN));
    into.push((reached ?? Number.NaN) - startAtMs);
    silent.push((lastSoundBeforeQuiet(heard, startAtMs, 300) ?? Number.NaN) - (cut ?? Number.NaN));
  }
  await caller.disconnect();
  return {
    transport,
    outP50: median(out),
    outWorst: Math.max(...out),
    inP50: median(into),
    inWorst: Math.max(...into),
    silentP50: median(silent),
    silentWorst: Math.max(...silent),
  };
}

async function connect(
  { browsers, bot, daily }: Bench,
  transport: 'daily' | 'webrtc',
  index = 0,
): Promise<BrowserCaller> {
  const browser = browsers[Math.floor(index / CALLERS_IN_BROWSER)];
  if (browser === undefined) throw new RangeError(`there is no browser for caller ${index}`);
  const room = transport === 'daily' ? { dailyBundleUrl: daily.bundleUrl } : {};
  const caller = await BrowserCaller.open(browser, { baseUrl: bot.url, ...room });
  const result = await caller.connect();
  if ('failure' in result) throw new Error(`a call was refused: ${result.failure.message}`);
  await caller.waitFor('botStoppedSpeaking', undefined, { timeoutMs: 20_000 });
  return caller;
}

async function within<T>(transport: 'daily' | 'webrtc', calls: number, run: (bench: Bench) => Promise<T>): Promise<T> {
  const model = await Worker.startBedrock();
  const daily = await startFakeDaily();
  const local = await localDaily(daily);
  const launch = (): Promise<TestBrowser> =>
    launchBrowser({ offersLoopback: true, extraArguments: ['--renderer-process-limit=1'] });
  const browsers = await Promise.all(Array.from({ length: Math.ceil(calls / CALLERS_IN_BROWSER) }, launch));
  let bot: BotProcess | undefined;
  try {
    bot = await BotProcess.start(0, {
      ...(transport === 'daily' ? local.environment : { TRANSPORT: 'webrtc', WEBRTC_BIND_ADDRESS: '127.0.0.1' }),
      AWS_REGION: 'eu-north-1',
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
      BEDROCK_ENDPOINT_URL: await model.ask<string>('start'),
      NOVA_SONIC_ENDPOINTING: 'HIGH',
      GREETING_PROMPT: 'Say exactly: "Hello there."',
      MAX_CALLS: String(calls),
      START_RATE_PER_MINUTE: '1000',
      UNANSWERED_STARTS_PER_CALLER: '1000',
      DAILY_MAX_BUSY_PERCENT: '100',
    });
    return await run({ model, daily, bot, browsers });
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await bot?.stop();
    local.remove();
    await daily.close();
    await model.stop();
  }
}

/** A loud tone at 16 kHz. */
function tone(ms: number): { samples: Int16Array; rateHz: number } {
  const rateHz = 16_000;
  const samples = Int16Array.from({ length: (ms * rateHz) / 1000 }, (_, i) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * 400 * i) / rateHz)),
  );
  return { samples, rateHz };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
