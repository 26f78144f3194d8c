import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestBot, type TestBot } from './support/bot';
import { launchBrowser, type TestBrowser } from '../../smoke/browser/browser';
import { PageDriver } from '../../testbed/clients/page-driver';
import { readRecording } from '../../testbed/speech/recordings';
import { writeWav } from '../../testbed/speech/wav';

const RECORDED_WORDS = 'he was not an ill disposed young man';
const START_KEY = 'a-start-key-that-is-long-enough';
const ADMIN_KEY = 'an-admin-key-that-is-long-enough';

let folder: string;
let bot: TestBot;
let guarded: TestBot;
let browser: TestBrowser;
const pages: PageDriver[] = [];
const cleanups: (() => Promise<void>)[] = [];

/** What was started is stopped, also when something beside it did not start. */
async function started<T>(starting: Promise<T>, stop: (thing: T) => Promise<void>): Promise<T> {
  const thing = await starting;
  cleanups.push(() => stop(thing));
  return thing;
}

async function openPage(url: string, options: Parameters<typeof PageDriver.open>[2] = {}): Promise<PageDriver> {
  const page = await PageDriver.open(browser, url, options);
  pages.push(page);
  return page;
}

/** Waits for RECORDED_WORDS; they are spoken again where the browser, short of processors, damaged what it sent. */
async function readsRecordedWords(page: PageDriver): Promise<void> {
  for (let utterances = 1; utterances < 4; utterances += 1) {
    const isRead = await page.reads(RECORDED_WORDS, 15_000).then(
      () => true,
      () => false,
    );
    if (isRead) return;
    await page.speaks(readRecording('0880'));
  }
  await page.reads(RECORDED_WORDS);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voice-agent-page-'));
  const microphoneWav = join(folder, 'microphone.wav');
  // Whoever does not speak is silent: without a file the browser beeps.
  writeWav(microphoneWav, { rateHz: 16_000, samples: new Int16Array(16_000) });
  const guards = { START_API_KEY: START_KEY, ADMIN_API_KEY: ADMIN_KEY, MAX_CALLS: '1', DRAIN_SECONDS: '0' };
  [bot, guarded, browser] = await Promise.all([
    started(startTestBot(), (one) => one.stop()),
    started(startTestBot({ voice: 'tone', environment: guards }), (one) => one.stop()),
    started(launchBrowser({ microphoneWav }), (one) => one.close()),
  ]);
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
});

afterAll(async () => {
  await Promise.all(cleanups.map((cleanup) => cleanup()));
  await rm(folder, { recursive: true, force: true });
});

async function activeCalls(url: string): Promise<number> {
  const health = (await (await fetch(`${url}/health`)).json()) as { checks: { activeBots: { active: number } } };
  return health.checks.activeBots.active;
}

describe('the page', () => {
  it('carries a whole call: greeting, speech, barge-in by typing, mute, hanging up', async () => {
    const page = await openPage(bot.url, { microphone: 'spoken' });
    await page.press('Start call');

    await page.reads('How can I help you?');
    expect(await page.text()).toMatch(/Connected|Speaking/);
    await page.reads('Listening');
    expect(await page.playedS()).toBeGreaterThan(1);

    await page.speaks(readRecording('0880'));
    await page.reads('Hearing you');
    await readsRecordedWords(page);
    await page.reads('I heard you read from Sense and Sensibility.');
    await page.reads('answered in');
    expect(await page.text()).toMatch(/answered in (\d\d0 ms|\d\.\d\d s)/);
    expect(await page.meterInk('caller')).toBeGreaterThan(0.02);
    expect(await page.meterInk('agent')).toBeGreaterThan(0.02);

    await page.hears('It says that he was not an ill disposed young man.');
    await page.enter('Message to the agent', 'My name is Ada');
    await page.reads('You said: My name is Ada.');
    await page.press('Mute');
    await page.reads('Unmute');
    await page.reads('You are muted');

    const [greeting, ...said] = await page.lines();
    expect(greeting).toBe('agent: Hello! I am the sandbox voice. How can I help you?');
    const lines = said.slice(said.lastIndexOf(`you: ${RECORDED_WORDS}`));
    expect(lines[0]).toBe(`you: ${RECORDED_WORDS}`);
    // Cut in the middle of a sentence, or between two on a busy machine; never said to its end.
    expect(lines[1]).toMatch(/^agent: I heard you read from Sense and Sensibility\./);
    expect(lines[1]).not.toMatch(/go on reading\?$/);
    // On a busy machine its next sentence may have begun before the typed words are with the bot.
    const after = lines.slice(2).filter((line) => !line.startsWith('agent: Shall I tell you more'));
    expect(after).toEqual(['you: My name is Ada', 'agent: You said: My name is Ada.']);

    // For screen readers, whole utterances, when they are certain.
    const told = await page.page.$eval('[role="log"]', (log) => [...log.children].map((entry) => entry.textContent));
    expect(told.at(-1)).toBe('Agent: You said: My name is Ada.');
    expect(told).toContain('You: My name is Ada');

    await page.press('Hang up');
    await page.reads('Thank you for calling.');
    expect(await page.saved('Save the conversation')).toMatch(
      /^Call of [-0-9]{10} [:0-9]{5} UTC\n\n\[0:\d\d\] Agent: Hello! I am .*\n\[0:\d\d\] You: he was not .*\[0:\d\d\] You: My name is Ada\n/s,
    );
    await expect(page.page.$eval('audio', (audio) => audio.srcObject)).resolves.toBeNull();
    expect(await activeCalls(bot.url)).toBe(0);
    expect(page.complaints).toEqual([]);
    expect(page.strayRequests).toEqual([]);
  });

  it('calls without a microphone where there is none or it is refused; B1: not at all in a browser without WebRTC', async () => {
    const sessionsBefore = bot.sandbox.sessions.length;
    const [denied, missing, without] = await Promise.all([
      openPage(bot.url, { microphone: 'denied' }),
      openPage(bot.url, { microphone: 'missing' }),
      openPage(bot.url, { microphone: 'no-webrtc' }),
    ]);

    await without.press('Start call');
    await without.reads('This browser cannot make calls');
    await without.reads('Open this page in another browser.');

    await Promise.all([denied.press('Start call'), missing.press('Start call')]);
    await denied.reads('The microphone is blocked');
    await missing.reads('No microphone found');
    expect(bot.sandbox.sessions.length).toBe(sessionsBefore); // nobody pays for a call that cannot be
    await denied.press('Join without a microphone');
    await denied.reads('How can I help you?');
    expect(await denied.text()).toContain('no microphone');
    await denied.enter('Message to the agent', 'I only type');
    await denied.reads('You said: I only type.');

    expect([...denied.complaints, ...missing.complaints, ...without.complaints]).toEqual([]);
  });

  it('frees its line when its tab is closed in the middle of a call', async () => {
    const page = await openPage(bot.url);
    await page.press('Start call');
    await page.reads('How can I help you?');
    const session = bot.sandbox.sessions.at(-1);

    await page.page.goto('about:blank');

    expect(await session?.ended).toEqual({ kind: 'completed' });
  });

  it('fits a small phone, with controls large enough for a thumb', async () => {
    const page = await openPage(bot.url, { width: 360, height: 640 });
    await page.press('Start call');
    await page.reads('How can I help you?');

    const { overflow, small } = await page.page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - innerWidth,
      small: [...document.querySelectorAll('button, input')]
        .filter((element) => element.checkVisibility() && element.id !== 'send' && element.id !== 'text')
        .map((element) => ({ id: element.id, height: element.getBoundingClientRect().height }))
        .filter(({ height }) => height < 44),
    }));

    expect({ overflow, small }).toEqual({ overflow: 0, small: [] });
    expect(await page.barriers()).toEqual([]);

    // B5: sound that is stopped from outside, by a headset's button or by the browser, is noticed.
    await page.page.$eval('audio', (audio) => audio.pause());
    await page.reads('Your browser holds the sound back.');
    expect(await page.barriers()).toEqual([]);
    await page.press('Click to hear');
    await page.page.waitForFunction(() => document.querySelector('#unlock')?.checkVisibility() === false);
    expect(await page.page.$eval('audio', (audio) => audio.paused)).toBe(false);
  });

  it('shows words that are written from the right from the right, beside its own that are not', async () => {
    const page = await openPage(bot.url);
    await page.press('Join without a microphone');
    await page.reads('How can I help you?');
    await page.enter('Message to the agent', 'مرحبا، الموعد 2026-11-30 في Berlin.');
    await page.reads('مرحبا');
    const shown = await page.page.evaluate(() => {
      const { lang, dir } = document.documentElement;
      const rtl = document.querySelector('.line.caller');
      const ltr = document.querySelector('.line.bot');
      const sideOf = (line: Element | null): string => (line === null ? '' : getComputedStyle(line).direction);
      const words = [...(rtl?.querySelectorAll('.words') ?? [])].map((word) => getComputedStyle(word).unicodeBidi);
      return { lang, dir, said: document.getElementById('lines')?.lang, rtl: sideOf(rtl), ltr: sideOf(ltr), words };
    });
    const own = { lang: 'en-US', dir: 'ltr', said: 'en-US' };
    expect(shown).toEqual({ ...own, rtl: 'rtl', ltr: 'ltr', words: ['plaintext'] });
  });

  it('can be used with the keyboard alone', async () => {
    const page = await openPage(bot.url);
    const focused = (): Promise<string | undefined> => page.page.evaluate(() => document.activeElement?.id);
    await page.page.keyboard.press('Tab');
    expect(await focused()).toBe('start');
    await page.page.keyboard.press('Enter');
    await page.reads('How can I help you?');

    expect(await focused()).toBe('mute');
    await page.page.keyboard.press('Space');
    await page.reads('Unmute');
    await page.page.keyboard.press('Tab');
    await page.page.keyboard.type('שלום \u202Eabc');
    expect(await focused()).toBe('text');
    await page.page.keyboard.press('Tab');
    await page.page.keyboard.press('Tab');
    expect(await focused()).toBe('hang-up');
    await page.enter('Message to the agent', 'שלום \u202Eabc');
    await page.page.waitForSelector('.line.caller');
    // B4: each line in its own direction, and what turns the writing round ends with the words it came in.
    const direction = await page.page.$eval('.line.caller', (line) => ({
      line: getComputedStyle(line).direction,
      words: [...line.querySelectorAll('.words')].map((words) => [
        getComputedStyle(words).unicodeBidi,
        words.textContent,
      ]),
      loose: [...line.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent),
    }));
    expect(direction).toEqual({ line: 'rtl', words: [['plaintext', 'שלום \u202Eabc']], loose: [] });
    await page.page.focus('#hang-up');
    await page.page.keyboard.press('Enter');
    await page.reads('Thank you for calling.');
    expect(await focused()).toBe('welcome-title');
    expect(await page.barriers()).toEqual([]);
  });
});

describe('the page before a guarded and full server', () => {
  it('asks for the key, waits for a line, and says why a call ended', async () => {
    const [first, second] = await Promise.all([openPage(guarded.url), openPage(guarded.url)]);

    await first.press('Start call');
    await first.reads('A key is needed');
    expect(await first.barriers()).toEqual([]);
    await first.enter('Key', 'not-the-key');
    await first.reads('That key was not accepted');
    // B2: neither locks the tab; the second cannot even be sent.
    await first.enter('Key', 'schlüssel-schlüssel');
    await first.reads('Keys are made of unaccented Latin letters');
    expect(await first.page.evaluate(() => sessionStorage.length)).toBe(0);
    await first.enter('Key', START_KEY);
    await first.reads('Hang up');

    await second.press('Start call');
    await second.enter('Key', START_KEY);
    await second.reads('Waiting for a free line');
    await first.press('Hang up');
    await first.reads('Thank you for calling.');
    await second.reads('Hang up');

    // The key is remembered for as long as the tab lives, and nowhere else.
    const stored = await second.page.evaluate(() => ({
      session: sessionStorage.getItem('start-key'),
      forGood: localStorage.length + document.cookie.length,
    }));
    expect(stored).toEqual({ session: START_KEY, forGood: 0 });

    await endAllCalls(guarded.url);
    await second.reads('The agent ended the call.');
    await second.press('Call again');
    await second.reads('Hang up');
    guarded.process.signal('SIGTERM');
    await second.reads('The service is being updated. You can call again right away.', 20_000);

    const refusals = /^error: Failed to load resource: the server responded with a status of (401|503)/;
    const complaints = [...first.complaints, ...second.complaints].filter((complaint) => !refusals.test(complaint));
    expect(complaints).toEqual([]);
  });

  it('says that there is no network', async () => {
    const page = await openPage(bot.url);
    await page.page.setOfflineMode(true);

    await page.press('Start call');

    await page.reads('You are offline');
  });
});

async function endAllCalls(url: string): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const { calls } = (await (await fetch(`${url}/calls`, { headers })).json()) as { calls: { id: string }[] };
  await Promise.all(calls.map(({ id }) => fetch(`${url}/calls/${id}`, { method: 'DELETE', headers })));
}
