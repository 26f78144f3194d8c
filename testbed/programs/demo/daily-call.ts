import { nowMs, type Recording } from '../../../smoke/caller';
import { BrowserCaller, launchBrowser } from '../../../smoke/browser';
import { firstSoundAfter, lastSoundBeforeQuiet, readRecording, type RecordingName } from '../../speech';
import type { DemoCall } from './call';
import { dailyCallerFigures, dailyModelFigures, type DailyTimes, type Spoken } from './daily-measure';
import type { Narrator } from './narrator';
import { ANSWER_WITHIN_MS, LET_SPEAK_MS, SPOKEN_WITHIN_MS, STEPS, TYPED } from './steps';
import type { Surroundings } from './surroundings';

/** What is told by RTVI's messages, by the names of the client's events. */
const TYPES: Readonly<Record<string, string>> = {
  userTranscript: 'user-transcription',
  botOutput: 'bot-output',
  botStartedSpeaking: 'bot-started-speaking',
  botStoppedSpeaking: 'bot-stopped-speaking',
  llmFunctionCallInProgress: 'llm-function-call-in-progress',
};
const LOOK_EVERY_MS = 100;
const QUIET_MS = 400;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The demo's call, placed by the unmodified Pipecat client with its Daily transport in a Chromium of its own: greeting,
 * a recorded question, another that cuts the answer short, and a typed one that needs a tool.
 * @throws Error that says what did not come when something expected does not happen in time
 */
export async function placeDailyCall(
  { baseUrl, bundleUrl }: { readonly baseUrl: string; readonly bundleUrl: string },
  { narrator, cleanup, session }: Surroundings,
): Promise<DemoCall> {
  const browser = await launchBrowser({ offersLoopback: true, handleSignals: false });
  await cleanup.add(() => browser.close());
  const caller = await BrowserCaller.open(browser, {
    baseUrl,
    dailyBundleUrl: bundleUrl,
    onEvent: ({ name, data, atMs }) => {
      const type = TYPES[name];
      if (type !== undefined) narrator.take({ type, data, atMs });
    },
  });
  const times = await converse(caller, narrator);
  const { samples, rateHz, startAtMs } = await caller.heard();
  const heard: Recording = { pcm: samples, rateHz, startMs: startAtMs };
  const model = await session();
  const { beganMs, first, bargeIn, typedMs, answeredMs } = times;
  const typedAtMs = typedMs - beganMs;
  return {
    way: 'Daily',
    beganMs,
    said: [first, bargeIn].map(({ sound, startMs }) => ({ pcm: sound.samples, rateHz: sound.rateHz, startMs })),
    heard,
    modelHeard: model?.heardPcm16k(),
    lines: [...narrator.scene.lines, { atMs: typedAtMs, endMs: typedAtMs, who: 'caller', text: `${TYPED} (typed)` }],
    spans: [
      { fromMs: beganMs, toMs: firstSoundAfter(heard, beganMs) ?? NEVER, about: 'greeted' },
      { fromMs: first.endMs, toMs: firstSoundAfter(heard, first.endMs) ?? NEVER, about: 'answered' },
      {
        fromMs: bargeIn.startMs,
        toMs: lastSoundBeforeQuiet(heard, bargeIn.startMs, QUIET_MS) ?? NEVER,
        about: 'silent',
      },
      { fromMs: typedMs, toMs: answeredMs, about: 'answered, with a tool' },
    ],
    figures: [
      ...dailyCallerFigures(heard, times),
      ...(model === undefined ? [] : dailyModelFigures(heard, times, model)),
    ],
    hangUp: async () => {
      await caller.disconnect();
      await browser.close();
    },
  };
}

async function converse(caller: BrowserCaller, narrator: Narrator): Promise<DailyTimes> {
  const beganMs = nowMs();
  narrator.begin(beganMs, { caller: () => undefined, bot: () => undefined });
  narrator.step(STEPS.greeting);
  const result = await caller.connect();
  if ('failure' in result) throw new Error(`the call was refused: ${result.failure.message}`);
  let from = 0;
  const next = async (name: string, timeoutMs = ANSWER_WITHIN_MS): Promise<number> => {
    const event = await caller.waitFor(name, undefined, { from, timeoutMs });
    from = (await caller.events()).indexOf(event) + 1;
    return event.atMs;
  };
  await next('botStoppedSpeaking');
  narrator.step(STEPS.question);
  const first = await say(caller, narrator, '0880');
  const startedMs = await next('botStartedSpeaking');
  await lookUntil(caller, startedMs + LET_SPEAK_MS);
  narrator.step(STEPS.bargeIn);
  const bargeIn = await say(caller, narrator, '0890');
  await next('botStoppedSpeaking');
  await next('botStartedSpeaking');
  await next('botStoppedSpeaking', SPOKEN_WITHIN_MS);
  narrator.step(`${STEPS.tool} ("${TYPED}")`);
  const typedMs = nowMs();
  await caller.sendText(TYPED);
  const answeredMs = await next('botStartedSpeaking');
  await next('botStoppedSpeaking', SPOKEN_WITHIN_MS);
  const toolCalls = (await caller.events()).filter(({ name }) => name === 'llmFunctionCallStopped').length;
  return { beganMs, first, bargeIn, typedMs, answeredMs, toolCalls };
}

async function say(caller: BrowserCaller, narrator: Narrator, recording: RecordingName): Promise<Spoken> {
  const sound = readRecording(recording);
  narrator.now('caller speaks');
  const { startAtMs: startMs, endAtMs: endMs } = await caller.say(sound);
  return { startMs, endMs, sound };
}

/** The caller's own timing, in which what the client reports is told as it comes. */
async function lookUntil(caller: BrowserCaller, timeMs: number): Promise<void> {
  while (nowMs() < timeMs) {
    await caller.events();
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS, Math.max(0, timeMs - nowMs()))));
  }
}
