import type { Recording } from '../../../smoke/caller';
import type { FakeSession } from '../../fakes/bedrock';
import { alignSegments, firstSoundAfter, lastSoundBeforeQuiet, likenessOf, type Wav } from '../../speech';
import { toldOfBargeIn, type Figure } from './measure';

/** What happened when in a call through a room. Times are ms since 1970. */
export interface DailyTimes {
  readonly beganMs: number;
  readonly first: Spoken;
  readonly bargeIn: Spoken;
  readonly typedMs: number;
  readonly answeredMs: number;
  readonly toolCalls: number;
}

export interface Spoken {
  readonly startMs: number;
  readonly endMs: number;
  readonly sound: Wav;
}

const QUIET_MS = 400;
const NEVER = Number.POSITIVE_INFINITY;

/** Limits are those of a busy laptop that runs two browsers. */
export function dailyCallerFigures(
  heard: Recording,
  { beganMs, first, bargeIn, typedMs, answeredMs, toolCalls }: DailyTimes,
): Figure[] {
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

/** What only the sandbox, being the model, can tell. */
export function dailyModelFigures(heard: Recording, { first, bargeIn }: DailyTimes, session: FakeSession): Figure[] {
  const at = (name: string, afterMs: number): number =>
    session.outputEvents
      .filter((event) => event.name === name)
      .map((event) => session.openedAtMs + event.atMs)
      .find((atMs) => atMs > afterMs) ?? NEVER;
  const answered = (firstSoundAfter(heard, first.endMs) ?? NEVER) - at('audioOutput', first.endMs);
  const silentMs = lastSoundBeforeQuiet(heard, bargeIn.startMs, QUIET_MS) ?? NEVER;
  const toldMs = toldOfBargeIn(session, bargeIn.startMs);
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
      value: toldMs === undefined ? NEVER : Math.max(0, silentMs - toldMs),
      unit: 'ms',
      limit: { atMost: 600 },
    },
    ...damage,
    { name: "the model's complaints", value: session.violations.length, unit: '', limit: { atMost: 0 } },
  ];
}
