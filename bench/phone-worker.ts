/** Callers with telephones, and Twilio between them and the bot, all in one process of their own. */
import { connectBots, phoneEnvironment } from '../testbed/processes/telephone';
import { serve, span } from '../testbed/processes/worker';
import { openTwilio, type FakeTwilio } from '../testbed/fakes/twilio';
import type { CallEventKind, CallEventOf, FakeCall } from '../testbed/fakes/twilio/types';
import { tone } from '../testbed/speech/audio-analysis';
import { readRecording } from '../testbed/speech/recordings';

/** The least time that nothing was heard of the bot after which it is the caller's turn. */
const QUIET_MS = 400;

/** What Twilio saw of all calls since it was asked to begin. Lists are in ms. */
export interface PhoneFigures {
  readonly webhookMs: readonly number[];
  readonly upgradeMs: readonly number[];
  /** From the start of each stream to its first audio. */
  readonly greetingMs: readonly number[];
  readonly mostUnheardMs: number;
  /** Gaps within speech: the next frame was not there in time. */
  readonly underruns: number;
  readonly framesTaken: number;
  readonly turns: number;
  readonly ended: number;
  readonly brokenRules: readonly string[];
}

let twilio: FakeTwilio | undefined;
let calls: FakeCall[] = [];
let turns = 0;
let talking = false;
const talks: Promise<void>[] = [];

serve({
  /** @returns what the bot's environment must say */
  async open() {
    twilio = await openTwilio();
    return phoneEnvironment(twilio);
  },
  /** Rings `count` times, one after the other, and waits for the greetings to be heard. */
  async connect({ botUrl, count }: { botUrl: string; count: number }) {
    const network = opened();
    connectBots(network, [botUrl]);
    for (let i = 0; i < count; i += 1) {
      // Each from a number of its own: a number may have few calls at a time.
      const call = network.ring({ from: `+1415555${String(1_000 + i).slice(-4)}`, records: false });
      await call.waitFor('stream-started');
      calls.push(call);
    }
    await Promise.all(calls.map((call) => call.waitFor('audio')));
    await Promise.all(calls.map((call) => call.quiet(QUIET_MS)));
  },
  /** Has every caller hold a conversation: speak for three seconds, listen to the answer, speak again. */
  talk() {
    talking = true;
    const speech = readRecording('0930');
    for (const [i, call] of calls.entries()) talks.push(converse(call, speech, i * 137));
  },
  async stopTalking() {
    talking = false;
    await Promise.all(talks.splice(0));
  },
  figures(): PhoneFigures {
    const streams = calls.flatMap((call) => call.streams);
    return {
      webhookMs: calls.flatMap((call) => all(call, 'twiml').map(({ ms }) => ms)),
      upgradeMs: calls.flatMap((call) => all(call, 'upgrade').map(({ ms }) => ms)),
      greetingMs: calls.flatMap(greeted),
      mostUnheardMs: Math.max(0, ...streams.map(({ mostUnheardMs }) => mostUnheardMs)),
      underruns: streams.reduce((sum, stream) => sum + stream.underruns, 0),
      framesTaken: streams.reduce((sum, stream) => sum + stream.framesTaken, 0),
      turns,
      ended: calls.filter(({ status }) => status !== 'in-progress').length,
      brokenRules: opened().errors.map(({ code, about }) => `${code} ${about}`),
    };
  },
  /** Short tones of one caller, and when the first frame of each was sent. */
  async beep({ times }: { times: number }) {
    const sentMs: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const { startedMs } = await only().speak({ rateHz: 8_000, samples: tone(800, 40, 8_000, 0.7) });
      sentMs.push(startedMs);
      await span(600 + 37 * (i % 5));
    }
    return sentMs;
  },
  /** Presses a key, which is answered in words; when it was pressed, and when the first frame of the answer was there. */
  async ask({ times }: { times: number }) {
    const answers: { askedMs: number; heardMs: number }[] = [];
    for (let i = 0; i < times; i += 1) {
      const [key, audio] = await pressed('1#');
      answers.push({ askedMs: key.atMs, heardMs: audio.atMs });
      await only().quiet(QUIET_MS);
    }
    return answers;
  },
  /** Cuts long answers off by voice; when the caller spoke, and when `clear` was there. */
  async bargeIn({ times }: { times: number }) {
    const { samples, rateHz } = readRecording('0930');
    const call = only();
    const cuts: { spokeMs: number; clearedMs: number; unheardMs: number }[] = [];
    for (let i = 0; i < times; i += 1) {
      await pressed('1234567890123456789#');
      await span(700 + 53 * (i % 7));
      const after = call.events.length - 1;
      const said = call.speak({ rateHz, samples: samples.subarray(0, rateHz) });
      const clear = await call.waitFor('clear', { after });
      const { startedMs } = await said;
      cuts.push({ spokeMs: startedMs, clearedMs: clear.atMs, unheardMs: clear.unheardMs });
      await call.waitFor('audio', { after: clear });
      await call.quiet(QUIET_MS);
    }
    return cuts;
  },
  /** Calls that hang up as soon as they are greeted: webhooks, upgrades and greetings by the number. */
  async shortCalls({ botUrl, times }: { botUrl: string; times: number }) {
    const network = opened();
    connectBots(network, [botUrl]);
    for (let i = 0; i < times; i += 1) {
      const call = network.ring({ from: `+1415555${String(5_000 + i).slice(-4)}`, records: false });
      await call.waitFor('stream-started');
      await call.waitFor('audio');
      call.hangUp();
      await call.ended;
      calls.push(call);
    }
  },
  async hangUp() {
    for (const call of calls) call.hangUp();
    await Promise.all(calls.map(({ ended }) => ended));
    calls = [];
  },
});

function opened(): FakeTwilio {
  if (twilio === undefined) throw new Error('not open');
  return twilio;
}

/** The one caller of the latencies. */
function only(): FakeCall {
  const [call] = calls;
  if (call === undefined) throw new Error('nobody is connected');
  return call;
}

async function converse(call: FakeCall, speech: ReturnType<typeof readRecording>, delayMs: number): Promise<void> {
  await span(delayMs);
  while (talking) {
    const after = call.events.length - 1;
    await call.speak(speech);
    await call.waitFor('audio', { after });
    await call.quiet(QUIET_MS);
    turns += 1;
  }
}

/** Presses keys of which the last is `#`, and waits for the answer. */
async function pressed(keys: string): Promise<[CallEventOf<'key'>, CallEventOf<'audio'>]> {
  const call = only();
  const after = call.events.length - 1;
  const done = call.press(keys, 20);
  const key = await call.waitFor('key', { after, fits: ({ digit }) => digit === '#' });
  const audio = await call.waitFor('audio', { after: key });
  await done;
  return [key, audio];
}

function all<K extends CallEventKind>(call: FakeCall, kind: K): CallEventOf<K>[] {
  return call.events.filter((event): event is CallEventOf<K> => event.kind === kind);
}

function greeted(call: FakeCall): number[] {
  const [start] = all(call, 'stream-started');
  const [audio] = all(call, 'audio');
  return start === undefined || audio === undefined ? [] : [audio.atMs - start.atMs];
}
