import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { offline, type RunResult } from '../evals/report';
import { evalPage } from '../evals/report-page';
import { launchBrowser } from '../smoke/browser';
import { afterSilence, readRecording, writeWav } from '../testbed/speech';
import { BotProcess, buildBot } from '../testbed/processes';
import { watchAgents } from '../testbed/programs/dev/agents';
import { withAgents, withStandIn } from '../testbed/programs/dev/environment';
import { findJobs } from '../testbed/programs/eval/jobs';
import { parseOptions } from '../testbed/programs/eval/options';
import { runJobs } from '../testbed/programs/eval/run-jobs';
import { bundledScenario, FAKE_CREDENTIALS, startFakeBedrock } from '../testbed/fakes/bedrock';

/*
 * `npm run docs:screenshot [-- FILE …]`: a real call on the real page, with a recorded voice, as docs/page.png; one in which the clinic's
 * agent calls its tools, as `npm run dev` shows it, as docs/agents/tool-call.png; and one that is interrupted, on the page that
 * `npm run eval -- --html` writes, as docs/evals-report.png.
 */
const GREETED_AFTER_MS = 9_000;

async function speech(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'voice-agent-screenshot-'));
  const microphoneWav = path.join(folder, 'microphone.wav');
  writeWav(microphoneWav, afterSilence(readRecording('0880'), GREETED_AFTER_MS));
  await buildBot();
  const sonic = await startFakeBedrock({ scenario: bundledScenario() });
  const bot = await BotProcess.start(0, {
    TRANSPORT: 'webrtc',
    WEBRTC_BIND_ADDRESS: '127.0.0.1',
    BEDROCK_ENDPOINT_URL: sonic.url,
    AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
  });
  const browser = await launchBrowser({ microphoneWav });
  try {
    const { page } = await browser.openTab();
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(`${bot.url}/`);
    const button = await page.waitForSelector('::-p-aria([name="Start call"][role="button"])', { visible: true });
    await button?.click();
    await page.waitForFunction(() => document.body.innerText.includes('answered in'), { timeout: 40_000 });
    await page.screenshot({ path: 'docs/page.png' });
    console.log('docs/page.png');
  } finally {
    await browser.close();
    await bot.stop();
    await sonic.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The clinic's agent looks for a free appointment, which a server on loopback knows of. */
async function toolCall(): Promise<void> {
  const api = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ slots: [{ slot: 'a1', time: 'Monday at nine' }] }));
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  const agents = await watchAgents(process.cwd());
  const sonic = await startFakeBedrock();
  const bot = await BotProcess.start(0, {
    TRANSPORT: 'webrtc',
    WEBRTC_BIND_ADDRESS: '127.0.0.1',
    TOOL_HOSTS: `api.clinic.example=http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    ...withStandIn(sonic.url, FAKE_CREDENTIALS),
    ...withAgents(agents.folder, 'clinic'),
  });
  const browser = await launchBrowser();
  try {
    const { page } = await browser.openTab({ microphone: 'silent' });
    await page.setViewport({ width: 1000, height: 560 });
    await page.goto(`${bot.url}/`);
    const button = await page.waitForSelector('::-p-aria([name="Start call"][role="button"])', { visible: true });
    await button?.click();
    const read = (words: string): Promise<unknown> =>
      page.waitForFunction((given) => document.body.innerText.includes(given), { timeout: 40_000 }, words);
    await read('How can I help?');
    await read('Listening');
    await page.type('#text', 'call find_slot {"day": "Monday"}');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.line.tool.answered');
    await read('Listening');
    await page.screenshot({ path: 'docs/agents/tool-call.png' });
    console.log('docs/agents/tool-call.png');
  } finally {
    await browser.close();
    await bot.stop();
    await sonic.close();
    agents.stop();
    api.close();
  }
}

async function evalReport(): Promise<void> {
  const options = parseOptions(['assistant', '--scenario', 'interrupted_by_voice']);
  if (options === 'help') throw new Error('no help was asked for');
  const jobs = findJobs(options);
  if (typeof jobs === 'string') throw new Error(jobs);
  const results: RunResult[] = [];
  await runJobs(jobs, options, (result) => results.push(result));
  const browser = await launchBrowser();
  try {
    const { page } = await browser.openTab();
    await page.setViewport({ width: 1000, height: 900 });
    await page.setContent(evalPage(results, offline(options.dialect)));
    const call = await page.waitForSelector('details');
    await call?.evaluate((details) => (details.open = true));
    await call?.screenshot({ path: 'docs/evals-report.png' });
    console.log('docs/evals-report.png');
  } finally {
    await browser.close();
  }
}

const PICTURES: Readonly<Record<string, () => Promise<void>>> = {
  'docs/page.png': speech,
  'docs/agents/tool-call.png': toolCall,
  'docs/evals-report.png': evalReport,
};

async function main(wanted: readonly string[]): Promise<void> {
  for (const [file, take] of Object.entries(PICTURES)) if (wanted.length === 0 || wanted.includes(file)) await take();
}

void main(process.argv.slice(2));
