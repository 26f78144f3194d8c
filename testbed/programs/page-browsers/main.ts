/** `npm run page:browsers`: the page in real browsers, calling by both transports; how soon a caller is greeted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser, type TestBrowser } from '../../../smoke/browser';
import { findFirefox, launchFirefox } from '../../clients/firefox';
import { buildBot } from '../../processes';
import { writeWav } from '../../speech';
import { table } from '../table';
import { startBots, type Bots } from './bots';
import { placeCalls, refusesWithoutWebRtc, type PageResult } from './calls';

const HELP = `npm run page:browsers -- [options]

The page at / in real browsers, called by WebRTC and through Daily's stand-in, with what is between a click and the greeting.

  --only BROWSERS   of chromium and firefox, with commas [both; Firefox where there is one: FIREFOX_PATH, firefox-esr]
  --calls N         calls by each way [5]
  --help`;

/** What callers are to have, on a machine that has nothing else to do. */
const GREETED_WITHIN_MS = 2_500;
const SILENCE_S = 120;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: 'chromium,firefox' },
      calls: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const names = values.only.split(',');
  const calls = Number(values.calls);
  if (names.some((name) => name !== 'chromium' && name !== 'firefox'))
    throw new Error('--only takes chromium, firefox');
  if (!Number.isInteger(calls) || calls < 1) throw new Error('--calls must be a whole number above 0');
  await buildBot();
  const bots = await startBots();
  const results: PageResult[] = [];
  try {
    if (names.includes('chromium')) results.push(...(await inChromium(bots, calls)));
    if (names.includes('firefox')) results.push(...(await inFirefox(bots, calls)));
  } finally {
    await bots.stop();
  }
  if (results.length > 0)
    console.log(`\nFrom click to greeting (ms; wanted: at most ${GREETED_WITHIN_MS})\n\n${table(rows(results))}`);
  const faults = results.flatMap(({ browser, way, faults: found }) =>
    found.map((fault) => `${browser}, ${way}: ${fault}`),
  );
  for (const fault of faults) console.log(`!! ${fault}`);
  console.log(faults.length === 0 ? '\nAll right.' : '\nSomething is wrong: see the lines marked !!');
  return faults.length === 0 ? 0 : 1;
}

async function inChromium(bots: Bots, calls: number): Promise<PageResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-page-'));
  const microphoneWav = path.join(folder, 'silence.wav');
  writeWav(microphoneWav, { rateHz: 16_000, samples: new Int16Array(16_000 * SILENCE_S) });
  try {
    return await closing(await launchBrowser({ microphoneWav, offersLoopback: true }), (browser) =>
      placeCalls('chromium', browser, bots, calls),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inFirefox(bots: Bots, calls: number): Promise<PageResult[]> {
  const firefox = findFirefox();
  if (firefox === undefined) {
    console.log('Firefox: skipped, because there is none (apt-get install firefox-esr, or FIREFOX_PATH).');
    return [];
  }
  const results = await closing(await launchFirefox(firefox, { webRtc: true }), (browser) =>
    placeCalls('firefox', browser, bots, calls),
  );
  const without = await closing(await launchFirefox(firefox, { webRtc: false }), (browser) =>
    refusesWithoutWebRtc('firefox', browser, bots),
  );
  return [...results, without];
}

async function closing<T>(browser: TestBrowser, use: (browser: TestBrowser) => Promise<T>): Promise<T> {
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

function rows(results: readonly PageResult[]): Record<string, unknown>[] {
  return results.map(({ browser, way, greetedMs, faults }) => {
    const sorted = greetedMs.toSorted((a, b) => a - b);
    const [median = Number.NaN, worst = Number.NaN] = [sorted[sorted.length >> 1], sorted.at(-1)];
    const shown = (ms: number): string => (Number.isNaN(ms) ? '' : ms.toFixed(0));
    return { browser, way, calls: greetedMs.length, median: shown(median), worst: shown(worst), faults: faults.length };
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
