import { releaseWebRtc } from '../../bot/transport/webrtc/gateway';
import { launchBrowser, type TestBrowser } from './support/browser';
import { DailyWorld } from './support/daily-world';

const GREETING_PROMPT = 'Say exactly: "Hello there."';

describe('the unmodified Pipecat client in a Daily room', () => {
  let house: DailyWorld;
  let browser: TestBrowser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([
      DailyWorld.start({ env: { MAX_CALLS: '4', GREETING_PROMPT } }),
      launchBrowser(),
    ]);
  }, 60_000);

  afterEach(() => house.hangUp(), 40_000);

  afterAll(async () => {
    await house.stop();
    await browser.close();
    releaseWebRtc();
  }, 30_000);

  it('hears the greeting', async () => {
    const caller = await house.open(browser);
    const r = await caller.connect();
    console.log(r, await caller.events());
    console.log(house.world.log.lines);
    await caller.waitFor('botStoppedSpeaking');
    const heard = await caller.heard();
    console.log(heard.samples.length, heard.samples.reduce((m, s) => Math.max(m, Math.abs(s)), 0));
  }, 60_000);
});
