import { nowMs, type Recording } from '../../../smoke/caller';
import {
  alignSegments,
  firstSoundAfter,
  lastSoundBeforeQuiet,
  likenessOf,
  readRecording,
  type RecordingName,
  type Wav,
} from '../../speech';
import { BrowserCaller, launchBrowser } from '../../../smoke/browser';
import type { FakeSession } from '../../fakes/bedrock';
import type { Figure } from './measure';
import { TYPED } from './place-call';

const ANSWER_WITHIN_MS = 20_000;
const LET_SPEAK_MS = 2_500;
const QUIET_MS = 400;
const NEVER = Number.POSITIVE_INFINITY;

/** A call through a Daily room, as its caller lived through it. Times are ms since 1970. */
export interface DailyDemoCall {
  readonly heard: Recording;
  readonly lines: readonly string[];
  readonly figures: readonly Figure[];
}

interface Times {
  readonly beganMs: number;
  readonly first: Spoken;
  readonly bargeIn: Spoken;
  readonly typedMs: number;
  readonly answeredMs: number;
  readonly toolCalls: number;
}

interface Spoken {
  readonly startMs: number;
  readonly endMs: number;
  readonly sound: Wav;
}

/**
 * The demo's call, placed by the unmodified Pipecat client with its Daily transport in a Chromium of its own: greeting,
 * a recorded question, another that cuts the answer short, and a typed one that needs a tool.
 * @throws Error that says what did not come when something expected does not happen in time
 */
export async function placeDailyCall(
  baseUrl: string,
  bundleUrl: string,
  session: () => Promise<FakeSession>,
): Promise<DailyDemoCall> {
  const browser = await launchBrowser({ offersLoopback: true });
  try {
    const caller = await BrowserCaller.open(browser, { baseUrl, dailyBundleUrl: bundleUrl });
    const times = await converse(caller);
    const { samples, rateHz, startAtMs } = await caller.heard();
    const heard: Recording = { pcm: samples, rateHz, startMs: startAtMs };
    const figures = [...callerFigures(heard, times), ...modelFigures(heard, times, await session())];
    const lines = transcript(await caller.events(), times.beganMs);
    await caller.disconnect();
    return { heard, lines, figures };
  } finally {
    await browser.close();
  }
}

async function converse(caller: BrowserCaller): Promise<Times> {
  const beganMs = nowMs();
  const result = await caller.connect();
  if ('failure' in result) throw new Error(`the call was refused: ${result.failure.message}`);
  let from = 0;
  const next = async (name: string, timeoutMs = ANSWER_WITHIN_MS): Promise<number> => {
    const event = await caller.waitFor(name, undefined, { from, timeoutMs });
    from = (await caller.events()).indexOf(event) + 1;
    return event.atMs;
  };
  await next('botStoppedSpeaking');
  const first = await say(caller, '0880');
  const startedMs = await next('botStartedSpeaking');
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedMs + LET_SPEAK_MS - nowMs())));
  const bargeIn = await say(caller, '0890');
  await next('botStoppedSpeaking');
  await next('botStartedSpeaking');
  await next('botStoppedSpeaking', 60_000);
  const typedMs = nowMs();
  await caller.sendText(TYPED);
  const answeredMs = await next('botStartedSpeaking');
  await next('botStoppedSpeaking', 60_000);
  const toolCalls = (await caller.events()).filter(({ name }) => name === 'llmFunctionCallStopped').length;
  return { beganMs, first, bargeIn, typedMs, answeredMs, toolCalls };
}

async function say(caller: BrowserCaller, recording: RecordingName): Promise<Spoken> {
  const sound = readRecording(recording);
  const { startAtMs: startMs, endAtMs: endMs } = await caller.say(sound);
  return { startMs, endMs, sound };
}

/** Limits are those of a busy laptop that runs two browsers. */
function callerFigures(heard: Recording, { beganMs, first, bargeIn, typedMs, answeredMs, toolCalls }: Times): Figure[] {
  const since = (fromMs: number): number => (firstSoundAfter(heard, fromMs) ?? NEVER) - fromMs;
  const silentMs = lastSoundBeforeQuiet(heard, bargeIn.startMs, QUIET_MS) ?? NEVER;
  return [
    { name: 'call to greeting', value: since(beganMs), unit: 'ms', limit: { atMost: 8_000 } },
    { name: 'end of speech to first audio heard', value: since(first.endMs), unit: 'ms', limit: { atMost: 4_500 } },
    {
      name: 'typed question, with a tool call, to answer',
      value: answeredMs - typedMs,
      unit: 'ms',
      limit: { atMost: 4_000 },
    },
    { name: "caller's first word to silence", value: silentMs - bargeIn.startMs, unit: 'ms', limit: { atMost: 2_500 } },
    { name: 'tool calls answered', value: toolCalls, unit: '', limit: { atLeast: 1 } },
  ];
}

function modelFigures(heard: Recording, { first, bargeIn }: Times, session: FakeSession): Figure[] {
  const at = (name: string, afterMs: number): number =>
    session.outputEvents
      .filter((event) => event.name === name)
      .map((event) => session.openedAtMs + event.atMs)
      .find((atMs) => atMs > afterMs) ?? NEVER;
  const answered = (firstSoundAfter(heard, first.endMs) ?? NEVER) - at('audioOutput', first.endMs);
  const silentMs = lastSoundBeforeQuiet(heard, bargeIn.startMs, QUIET_MS) ?? NEVER;
  const damage = [first, bargeIn].flatMap(({ sound }, i) => {
    const segments = alignSegments(session.heardPcm16k(), sound.samples, sound.rateHz);
    const shifts = segments.map(({ shiftMs }) => Math.abs(shiftMs));
    const name = `model heard the ${i === 0 ? '1st' : '2nd'} recording`;
    return [
      // The browser's own processing of a microphone filters the low end away.
      { name: `${name}: likeness`, value: 100 * likenessOf(segments), unit: '%', limit: { atLeast: 60 } },
      // So far do the browsers' jitter buffers stretch speech where two browsers and all else share two processors.
      { name: `${name}: gaps and losses`, value: Math.max(0, ...shifts), unit: 'ms', limit: { atMost: 120 } },
    ] as const;
  });
  return [
    { name: "bot's share of answering (model to ear)", value: answered, unit: 'ms', limit: { atMost: 500 } },
    {
      name: "bot's share of barge-in (model to silence)",
      value: Math.max(0, silentMs - at('completionEnd', bargeIn.startMs)),
      unit: 'ms',
      limit: { atMost: 600 },
    },
    ...damage,
    { name: "the model's complaints", value: session.violations.length, unit: '', limit: { atMost: 0 } },
  ];
}

function transcript(events: Awaited<ReturnType<BrowserCaller['events']>>, beganMs: number): string[] {
  return events.flatMap(({ name, data, atMs }) => {
    const {
      text,
      final,
      spoken_status: status,
    } = (data ?? {}) as {
      text?: string;
      final?: boolean;
      spoken_status?: string;
    };
    const who = name === 'userTranscript' && final === true ? 'caller' : undefined;
    const speaker = who ?? (name === 'botOutput' && status === 'completed' ? 'bot' : undefined);
    if (speaker === undefined || text === undefined) return [];
    return [`  ${((atMs - beganMs) / 1000).toFixed(1).padStart(5)} s  ${speaker.padEnd(6)}  ${text}`];
  });
}
