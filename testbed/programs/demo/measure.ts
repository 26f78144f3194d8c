import type { Caller } from '../../../smoke/caller';
import { align, alignSegments, firstSoundAfter, lastSoundBeforeQuiet } from '../../speech';
import type { FakeSession } from '../../fakes/bedrock';
import type { PlacedCall, Utterance } from './place-call';

/** A figure of the demo, and whether it is as it should be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | '' | '%';
  /** What a caller accepts: beyond it the demo fails. */
  readonly limit: { readonly atMost: number } | { readonly atLeast: number };
  readonly note?: string;
  /** How long the machine must stand still to cause one of what is counted; of a duration each ms counts as itself. */
  readonly stallMsEach?: number;
}

/** A packet that comes late is the next 20 ms of a stall; a jump is made when the bot's beat stood still for longer. */
const PACKET_MS = 20;
const JUMP_MS = 500;

export function isRight({ value, limit }: Figure): boolean {
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}

/** Its value and what it is held against, for people. */
export function figureText({ value, unit, limit, note }: Figure): { readonly value: string; readonly bound: string } {
  const shown = Number.isFinite(value) ? `${value.toFixed(unit === '%' ? 1 : 0)} ${unit}` : 'never';
  const bound = 'atMost' in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
  return { value: shown, bound: note === undefined ? bound : `${bound}, ${note}` };
}

/** When nothing has been heard for this long, the bot is silent. */
const QUIET_MS = 400;
const NEVER = Number.POSITIVE_INFINITY;

/** What the caller heard when, by the clock; infinite for what never came. */
export interface Moments {
  readonly greetedMs: number;
  /** The first sound of the answer to the first recording. */
  readonly answeredMs: number;
  /** After the barge-in. */
  readonly silentMs: number;
  /** The answer to the typed question. */
  readonly toldMs: number;
}

export function moments({ caller, first, bargeIn, typedMs }: PlacedCall): Moments {
  const soundAfter = (fromMs: number): number => clockOf(caller, firstSoundAfter(caller.heard, fromMs));
  // By message, not by ear: the last sound of the answer before is still on its way when the question is typed.
  const told = caller.messages.find(
    ({ message, arrivedMs }) => message.type === 'bot-started-speaking' && arrivedMs > typedMs,
  );
  return {
    greetedMs: soundAfter(caller.timings.beganMs),
    answeredMs: soundAfter(first.endedMs),
    silentMs: endOn(caller, lastSoundBeforeQuiet(caller.heard, bargeIn.startedMs, QUIET_MS)),
    toldMs: told?.arrivedMs ?? NEVER,
  };
}

/** What the caller can tell. Limits are those of a busy laptop; docs/performance.md has what an idle machine measures. */
export function callerFigures(call: PlacedCall): Figure[] {
  const { first, bargeIn, typedMs } = call;
  const { counts, timings } = call.caller;
  const { greetedMs, answeredMs, silentMs, toldMs } = moments(call);
  const figure = (name: string, value: number, atMost: number): Figure => ({
    name,
    value,
    unit: 'ms',
    limit: { atMost },
  });
  return [
    figure('call to greeting', greetedMs - timings.beganMs, 5_000),
    figure('end of speech to first audio heard', answeredMs - first.endedMs, 4_000),
    figure('typed question, with a tool call, to answer', toldMs - typedMs, 4_000),
    figure("caller's first word to silence", silentMs - bargeIn.startedMs, 1_500),
    { name: 'audio packets lost', value: counts.missing, unit: '', limit: { atMost: 0 } },
    {
      name: 'audio packets late by over 60 ms',
      value: counts.late,
      unit: '',
      limit: { atMost: 60 },
      stallMsEach: PACKET_MS,
    },
    { name: 'jumps in time', value: counts.timestampJumps, unit: '', limit: { atMost: 0 }, stallMsEach: JUMP_MS },
  ];
}

/** What only the sandbox, being the model, can tell. */
export function modelFigures(call: PlacedCall, session: FakeSession): Figure[] {
  const { first, bargeIn } = call;
  const { answeredMs, silentMs } = moments(call);
  const spokeAtMs = eventTimes(session, 'audioOutput').find((atMs) => atMs > first.endedMs) ?? NEVER;
  const toldAtMs = toldOfBargeIn(session, bargeIn.startedMs);
  return [
    {
      name: "bot's share of answering (model to ear)",
      value: answeredMs - spokeAtMs,
      unit: 'ms',
      limit: { atMost: 300 },
      note: 'aim 60',
    },
    {
      name: "bot's share of barge-in (model to silence)",
      value: toldAtMs === undefined ? NEVER : Math.max(0, silentMs - toldAtMs),
      unit: 'ms',
      limit: { atMost: 300 },
      note: 'aim 100',
    },
    ...damageFigures('1st recording', session.heardPcm16k(), first),
    ...damageFigures('2nd recording', session.heardPcm16k(), bargeIn),
    { name: "the model's complaints", value: session.violations.length, unit: '', limit: { atMost: 0 } },
  ];
}

/** Compares what the model heard with what was spoken: alike, and nowhere stretched, cut or doubled. */
function damageFigures(name: string, heard: Int16Array, { pcm16k }: Utterance): Figure[] {
  const { correlation } = align(heard, pcm16k);
  const shifts = alignSegments(heard, pcm16k, 16_000).map(({ shiftMs }) => Math.abs(shiftMs));
  return [
    { name: `model heard the ${name}: likeness`, value: 100 * correlation, unit: '%', limit: { atLeast: 90 } },
    {
      name: `model heard the ${name}: gaps and losses`,
      value: Math.max(0, ...shifts),
      unit: 'ms',
      limit: { atMost: 5 },
    },
  ];
}

/** The clock's time of a moment in what was heard. */
function clockOf(caller: Caller, heardMs: number | undefined): number {
  return heardMs === undefined ? NEVER : (caller.arrivalOf(heardMs) ?? NEVER);
}

/** The same of the end of a sound. */
function endOn(caller: Caller, heardMs: number | undefined): number {
  return heardMs === undefined ? NEVER : (caller.arrivalOfEnd(heardMs) ?? NEVER);
}

/** Moments at which runs of this event began, ms since 1970. */
/**
 * When the model told of a barge-in after `spokeMs`: as the service was seen, with the start of the caller's speech; as it is
 * documented, with the end of the completion. Undefined: never.
 */
export function toldOfBargeIn(session: FakeSession, spokeMs: number): number | undefined {
  const told = ['userSpeechStart', 'completionEnd'].flatMap((name) => eventTimes(session, name));
  return told.sort((a, b) => a - b).find((atMs) => atMs > spokeMs);
}

function eventTimes(session: FakeSession, name: string): number[] {
  return session.outputEvents.filter((entry) => entry.name === name).map((entry) => session.openedAtMs + entry.atMs);
}
