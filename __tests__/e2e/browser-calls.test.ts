import { releaseWebRtc } from '../support/release-webrtc';
import { align, alignSegments, firstSoundAfter, lastSoundBeforeQuiet } from '../../testbed/speech/audio-analysis';
import type { FakeSession } from '../../testbed/fakes/bedrock/server';
import { launchBrowser, type TestBrowser } from '../../smoke/browser/browser';
import { BrowserCaller } from '../../smoke/browser/browser-caller';
import { readRecording } from '../../testbed/speech/recordings';
import { Environment } from './support/environment';
import { GREETING_PROMPT, heardBy, sayUntilUnderstood, spoken } from './support/browser-calls';

const KEY = 'the-start-key-of-this-test';
/** Goodbyes are packets that nobody repeats: without one, a call ends 40 s after the last sign of life. */
const ENDS_WITHIN_MS = 60_000;

describe('the unmodified Pipecat client in a real browser', () => {
  let environment: Environment;
  let browser: TestBrowser;
  const callers: BrowserCaller[] = [];

  beforeAll(async () => {
    [environment, browser] = await Promise.all([
      Environment.start({ env: { START_API_KEY: KEY, MAX_CALLS: '2', GREETING_PROMPT }, sandbox: { keepAudioOf: 20 } }),
      launchBrowser(),
    ]);
  });

  afterEach(async () => {
    const active = environment.bot.calls.list().map(({ id }) => id);
    const leaving = callers.splice(0);
    for (const caller of leaving) await caller.disconnect();
    // A tab that is closed takes a goodbye with it that the browser has not yet sent: the call would last until it counts as vanished.
    await Promise.all(active.map((callId) => environment.log.waitFor('call ended', { callId }, ENDS_WITHIN_MS)));
    for (const caller of leaving) await caller.close();
  });

  afterAll(async () => {
    await browser.close();
    await environment.stop();
    releaseWebRtc();
  });

  async function open(key = KEY): Promise<BrowserCaller> {
    const caller = await BrowserCaller.open(browser, { baseUrl: environment.baseUrl, key });
    callers.push(caller);
    return caller;
  }

  async function connected(): Promise<BrowserCaller> {
    const caller = await open();
    expect(await caller.connect()).toMatchObject({ ready: { version: '2.1.0' } });
    expect(await caller.state()).toBe('ready');
    return caller;
  }

  /** The model's side of the only call there is. */
  function session(): FakeSession {
    const live = environment.sandbox.sessions.filter(({ endedWith }) => endedWith === undefined);
    expect(live).toHaveLength(1);
    return live[0]!;
  }

  /** How far any part of what was said is from its place in what was heard. */
  function worstShiftMs(heard: Int16Array, { samples }: { readonly samples: Int16Array }): number {
    // Chrome's voice mode filters the low end away, which alone costs a fifth of the likeness.
    expect(align(heard, samples).correlation).toBeGreaterThan(0.6);
    return Math.max(...alignSegments(heard, samples, 16_000).map(({ shiftMs }) => Math.abs(shiftMs)));
  }

  it('hears the greeting, speaks, is understood undamaged, and reads both sides in order', async () => {
    const caller = await connected();
    const greeted = await caller.waitFor('botStoppedSpeaking');
    const heard = await heardBy(caller);
    expect(firstSoundAfter(heard, heard.startMs)).toBeLessThan(greeted.atMs);

    const voice = readRecording('0890');
    const from = await sayUntilUnderstood(caller, voice);
    await caller.waitFor('botOutput', (data) => spoken(data)?.startsWith('Being cold hearted') ?? false, {
      timeoutMs: 20_000,
    });

    const log = await caller.events();
    const greeting = log.findIndex(({ name, data }) => name === 'botOutput' && spoken(data) === 'Hello there.');
    const events = [...log.slice(greeting, greeting + 1), ...log.slice(from)];
    const conversation = events.flatMap(({ name, data }) => {
      if (name === 'userTranscript') return [`caller: ${(data as { text: string }).text}`];
      const words = name === 'botOutput' ? spoken(data) : undefined;
      return words === undefined ? [] : [`bot: ${words}`];
    });
    expect(conversation).toEqual([
      'bot: Hello there.',
      'caller: unless to be rather cold hearted and rather selfish is to be ill disposed',
      'bot: That is a sharp remark.',
      'bot: Being cold hearted and selfish does sound ill disposed to me.',
    ]);
    const names = log.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['userStartedSpeaking', 'userStoppedSpeaking', 'metrics']));

    // A browser that gets no processor for a moment stretches sound: what counts is that not every utterance is damaged.
    const worstShiftsMs = [worstShiftMs(session().heardPcm16k(), voice)];
    while (worstShiftsMs.length < 3 && worstShiftsMs.at(-1)! >= 5) {
      const heardBefore = session().heardPcm16k().length;
      await sayUntilUnderstood(caller, voice);
      worstShiftsMs.push(worstShiftMs(session().heardPcm16k().subarray(heardBefore), voice));
    }
    expect(worstShiftsMs.at(-1)).toBeLessThan(5);
    expect(session().violations).toEqual([]);
    expect(caller.strayRequests).toEqual([]);
  });

  it('interrupts the bot at any word, and it is silent at once', async () => {
    const caller = await connected();
    await caller.waitFor('botStoppedSpeaking');
    const from = await sayUntilUnderstood(caller, readRecording('0880'));
    await caller.waitFor('botStartedSpeaking', undefined, { from });
    await caller.waitFor('botOutput', (data) => spoken(data) !== undefined, { from });
    const spokenUpTo = (await caller.events()).length;
    const said = await caller.say(readRecording('0930'));
    const stopped = await caller.waitFor('botStoppedSpeaking', undefined, { from });
    const isFinal = (data: unknown): boolean => (data as { final: boolean }).final;
    const understood = await caller.waitFor('userTranscript', isFinal, { from: spokenUpTo });
    const silentAtMs = lastSoundBeforeQuiet(await heardBy(caller), said.startAtMs, 300);
    // Before the caller's words are over, whatever the machine takes for each; how soon, the call's own tests measure.
    expect(stopped.atMs).toBeLessThan(understood.atMs);
    expect(silentAtMs ?? Infinity).toBeLessThan(understood.atMs);
    expect(environment.bot.calls.list()[0]?.bargeIns).toBeGreaterThanOrEqual(1);
  });

  it('types, and is answered aloud with what a tool found out', async () => {
    const caller = await connected();
    await caller.waitFor('botStoppedSpeaking');
    await caller.sendText('What time is it in Tokyo?');
    await caller.waitFor('botOutput', (data) => spoken(data) === 'In Tokyo, the time zone is Asia/Tokyo.', {
      timeoutMs: 20_000,
    });
    expect(session().toolResults).toHaveLength(1);

    await caller.press('42#');
    const pressed = 'The caller pressed these keys of the telephone: 4 2 #';
    await caller.waitFor('userLlmText', (data) => (data as { text: string }).text === pressed);
  });

  it('does not mix two calls: each hears its own answer, the model hears each alone', async () => {
    const [first, second] = await Promise.all([connected(), connected()]);
    await Promise.all([first.waitFor('botStoppedSpeaking'), second.waitFor('botStoppedSpeaking')]);
    await Promise.all([
      sayUntilUnderstood(first, readRecording('0890')),
      sayUntilUnderstood(second, readRecording('0930')),
    ]);
    await Promise.all([
      first.waitFor('botOutput', (data) => spoken(data)?.startsWith('Being cold') ?? false, { timeoutMs: 30_000 }),
      second.waitFor('botOutput', (data) => spoken(data)?.startsWith('Yes, with') ?? false, { timeoutMs: 30_000 }),
    ]);
    const [firstLog, secondLog] = [JSON.stringify(await first.events()), JSON.stringify(await second.events())];
    expect(firstLog).toContain('cold hearted');
    expect(firstLog).not.toContain('amiable');
    expect(secondLog).toContain('amiable');
    expect(secondLog).not.toContain('cold hearted');
  });

  it('is refused with the wrong key, and told so', async () => {
    const caller = await open('a-key-that-is-not-the-right-one');
    const result = await caller.connect();
    expect(result).toMatchObject({ failure: { status: 401 } });
    expect(await caller.state()).toBe('disconnected');
  });

  it('is refused, not queued, when all lines are busy; and served when one is free again', async () => {
    const [first] = await Promise.all([connected(), connected()]);
    const third = await open();
    expect(await third.connect()).toMatchObject({
      failure: { status: 503, message: 'All lines are busy. Please try again in a moment.' },
    });
    const endedBefore = environment.log.of('call ended').length;
    await first.disconnect();
    await environment.log.waitForCount('call ended', endedBefore + 1);
    const fourth = await open();
    expect(await fourth.connect()).toMatchObject({ ready: {} });
  });

  it('leaves no word that anybody said, and no key, in the log', () => {
    const log = JSON.stringify(environment.log.lines);
    for (const secret of ['cold hearted', 'amiable', 'sandbox voice', 'Tokyo', KEY]) expect(log).not.toContain(secret);
    expect(environment.log.of('call ended').length).toBeGreaterThan(4);
  });
});
