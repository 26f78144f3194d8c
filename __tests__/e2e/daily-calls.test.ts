import { releaseWebRtc } from '../support/release-webrtc';
import { alignSegments, firstSoundAfter, lastSoundBeforeQuiet, likenessOf } from '../../testbed/speech/audio-analysis';
import type { FakeSession } from '../../testbed/fakes/bedrock/server';
import { eventually } from '../support/eventually';
import { launchBrowser, type TestBrowser } from '../../smoke/browser/browser';
import type { BrowserCaller } from '../../smoke/browser/browser-caller';
import { PageDriver } from '../../testbed/clients/page-driver';
import { DailyEnvironment } from './support/daily-environment';
import { readRecording } from '../../testbed/speech/recordings';
import type { Wav } from '../../testbed/speech/wav';
import { GREETING_PROMPT, heardBy, isUnderstood, sayUntilUnderstood, spoken } from './support/browser-calls';

describe('the unmodified Pipecat client in a Daily room, met by the real daily-js on both sides', () => {
  let setup: DailyEnvironment;
  let browser: TestBrowser;
  let secrets: string[] = [];

  beforeAll(async () => {
    [setup, browser] = await Promise.all([
      DailyEnvironment.start({ env: { MAX_CALLS: '4', GREETING_PROMPT }, sandbox: { keepAudioOf: 20 } }),
      launchBrowser({ offersLoopback: true }),
    ]);
  });

  afterEach(() => setup.hangUp());

  afterAll(async () => {
    await setup.stop();
    await browser.close();
    releaseWebRtc();
  });

  async function connected(): Promise<BrowserCaller> {
    const caller = await setup.open(browser);
    expect(await caller.connect()).toMatchObject({ ready: { version: '2.1.0' } });
    const { data } = (await caller.events()).find(({ name }) => name === 'botStarted') ?? {};
    const { dailyRoom, dailyToken } = data as { dailyRoom: string; dailyToken: string };
    secrets = [...secrets, dailyRoom, new URL(dailyRoom).pathname.slice(1), dailyToken];
    return caller;
  }

  /** The model's side of the only call there is. */
  function session(): FakeSession {
    const live = setup.environment.sandbox.sessions.filter(({ endedWith }) => endedWith === undefined);
    expect(live).toHaveLength(1);
    return live[0]!;
  }

  /** What is wrong with what the model heard of a sound: nothing may be stretched, cut or doubled. */
  function damageOf(heard: Int16Array, said: Wav): object | undefined {
    const segments = alignSegments(heard, said.samples, 16_000);
    const likeness = likenessOf(segments);
    const shifts = segments.map(({ shiftMs }) => Math.abs(shiftMs)).sort((a, b) => a - b);
    const [usualMs = Infinity, worstMs = Infinity] = [shifts[shifts.length >> 1], shifts.at(-1)];
    return likeness > 0.6 && usualMs < 25 && worstMs < 150 ? undefined : { likeness, usualMs, worstMs };
  }

  /** How many people the bot hears. */
  async function voices(): Promise<number> {
    const found = await Promise.all(setup.service.pool.pages.map((page) => page.census()));
    return found.reduce((sum, page) => sum + page.voices, 0);
  }

  it('hears the greeting, speaks, is understood undamaged, interrupts, types, and hangs up', async () => {
    const caller = await connected();
    const greeted = await caller.waitFor('botStoppedSpeaking');
    const heard = await heardBy(caller);
    expect(firstSoundAfter(heard, heard.startMs)).toBeLessThan(greeted.atMs);

    // Spoken to, the model hears what was said. (A machine short of processors stretches sound: what counts is that not
    // every sound is damaged.)
    const model = session();
    const voice = readRecording('0880');
    const damages: (object | undefined)[] = [];
    do {
      const heardBefore = model.heardPcm16k().length;
      await sayUntilUnderstood(caller, voice);
      damages.push(damageOf(model.heardPcm16k().subarray(heardBefore), voice));
    } while (damages.length < 3 && damages.at(-1) !== undefined);
    expect(damages).toContain(undefined);
    await caller.waitFor('botOutput', (data) => spoken(data)?.startsWith('I heard you') ?? false, {
      timeoutMs: 20_000,
    });
    // Interrupted in the middle of its answer, it is silent at once.
    const from = (await caller.events()).length;
    const question = readRecording('0930');
    const said = await caller.say(question);
    const stopped = await caller.waitFor('botStoppedSpeaking', undefined, { from });
    const transcribed = await caller.waitFor('userTranscript', undefined, { from, timeoutMs: 30_000 });
    const silentAtMs = lastSoundBeforeQuiet(await heardBy(caller), said.startAtMs, 300);
    // Before the caller's words are over, whatever the machine takes for each; how soon, the call's own tests measure.
    expect(stopped.atMs).toBeLessThan(transcribed.atMs);
    expect(silentAtMs ?? Infinity).toBeLessThan(transcribed.atMs);
    const [call] = setup.environment.bot.calls.list();
    expect(call).toMatchObject({ transport: 'daily' });
    expect(call!.bargeIns).toBeGreaterThanOrEqual(1);
    if (!(await isUnderstood(caller, from, said))) await sayUntilUnderstood(caller, question);
    expect(JSON.stringify((await caller.events()).slice(from))).toContain('amiable');

    // Typed to, it uses a tool.
    await caller.sendText('What time is it in Tokyo?');
    await caller.waitFor('botOutput', (data) => spoken(data)?.includes('Tokyo') ?? false, { timeoutMs: 30_000 });
    expect(session().toolResults).toHaveLength(1);
    expect(session().violations).toEqual([]);

    await caller.disconnect();
    const ended = await setup.environment.log.waitFor('call ended', { callId: call!.id });
    expect(ended).toMatchObject({ reason: 'caller-left' });
    expect(setup.daily.rooms).toEqual([]);
    expect(caller.strayRequests).toEqual([]);
  }, 120_000);

  it("U1: the page at / places the call, and loads Daily's code for that and not before", async () => {
    const page = await PageDriver.open(browser, setup.environment.baseUrl, { microphone: 'silent' });
    const scripts: string[] = [];
    page.page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname);
    });
    await page.reads('Talk to the agent');
    await page.press('Start call');
    await page.reads('Hello there.');
    expect(scripts.map((path) => path.replace(/-[A-Z0-9]{8}/, ''))).toEqual([
      '/assets/daily-line.js',
      '/static/call-machine-object-bundle.js',
    ]);
    await page.reads('Listening');
    expect(await page.playedS()).toBeGreaterThan(0.5);
    await page.enter('Message to the agent', 'My name is Ada');
    await page.reads('You said: My name is Ada.');
    const [call] = setup.environment.bot.calls.list();
    expect(call).toMatchObject({ transport: 'daily' });

    await page.press('Hang up');
    await page.reads('Thank you for calling.');
    expect(await setup.environment.log.waitFor('call ended', { callId: call!.id })).toMatchObject({
      reason: 'caller-left',
    });
    // daily-js remarks on a track of the page's own.
    const complaints = page.complaints.filter((complaint) => !complaint.includes('MediaStreamTrack found in props'));
    expect([...complaints, ...page.strayRequests]).toEqual([]);
    await page.close();
  });

  it('does not mix two calls in one page: each hears its own answer, the model hears each alone', async () => {
    const [first, second] = await Promise.all([connected(), connected()]);
    expect(setup.service.pool.pages.map(({ calls }) => calls)).toEqual([2]);
    await Promise.all([first.waitFor('botStoppedSpeaking'), second.waitFor('botStoppedSpeaking')]);
    await Promise.all([
      sayUntilUnderstood(first, readRecording('0880')),
      sayUntilUnderstood(second, readRecording('0930')),
    ]);
    await Promise.all([
      first.waitFor('botOutput', (data) => spoken(data)?.startsWith('I heard you') ?? false, { timeoutMs: 30_000 }),
      second.waitFor('botOutput', (data) => spoken(data)?.startsWith('Yes, with') ?? false, { timeoutMs: 30_000 }),
    ]);
    const [firstLog, secondLog] = [JSON.stringify(await first.events()), JSON.stringify(await second.events())];
    expect(firstLog).toContain('ill disposed young');
    expect(firstLog).not.toContain('amiable');
    expect(secondLog).toContain('amiable');
    expect(secondLog).not.toContain('ill disposed young');
  });

  it('goes on while any person is there, and ends when the last one leaves', async () => {
    const first = await connected();
    await first.waitFor('botStoppedSpeaking');
    const [room] = setup.daily.rooms;
    const guest = await setup.joinRoom(browser, room!.name);
    await eventually(() => room!.people.length === 3, 'three in the room');
    await eventually(async () => (await voices()) === 2, 'the bot hears both');
    await first.disconnect();
    await eventually(() => room!.people.length === 2, 'two in the room');
    expect(setup.environment.bot.calls.status.activeCalls).toBe(1);

    // The one who came later is heard, too.
    const from = await sayUntilUnderstood(guest, readRecording('0930'));
    expect(JSON.stringify((await guest.events()).slice(from))).toContain('amiable');
    await guest.disconnect();
    await setup.environment.log.waitFor('call ended', { reason: 'caller-left' });
    await eventually(() => setup.environment.bot.calls.status.activeCalls === 0, 'no call left');
  });

  it('leaves no room, no token and no word that anybody said in the log', () => {
    const log = JSON.stringify(setup.environment.log.lines);
    expect(secrets.length).toBeGreaterThan(6);
    for (const secret of [...secrets, 'ill disposed', 'amiable', 'Tokyo']) expect(log).not.toContain(secret);
    expect(setup.leaks()).toEqual([]);
  });
});
