import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchBrowser } from '../smoke/browser';
import { afterSilence, readRecording, writeWav } from '../testbed/speech';
import { BotProcess, buildBot } from '../testbed/processes';
import { bundledScenario, FAKE_CREDENTIALS, startFakeBedrock } from '../testbed/fakes/bedrock';

/* `npm run docs:screenshot`: a real call on the real page, with a recorded voice, as docs/page.png. */
const GREETED_AFTER_MS = 9_000;

async function main(): Promise<void> {
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

void main();
