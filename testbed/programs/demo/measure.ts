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

/** When nothing has been heard for this long, the bot is silent. */
const QUIET_MS = 400;
const NEVER = Number.POSITIVE_INFINITY;

/** What the caller can tell. Limits are those of a busy laptop; docs/performance.md has what an idle machine measures. */
export function callerFigures({ caller, first, bargeIn, typedMs }: PlacedCall): Figure[] {
  const { heard, counts, timings } = caller;
  const since = (fromMs: number): number => clockOf(caller, firstSoundAfter(heard, fromMs)) - fromMs;
  // By message, not by ear: the last sound of the answer before is still on its way when the question is typed.
  const answeredMs = caller.messages.find(
    ({ message, arrivedMs }) => message.type === 'bot-started-speaking' && arrivedMs > typedMs,
  )?.arrivedMs;
  const silentAtMs = clockOf(caller, lastSoundBeforeQuiet(heard, bargeIn.startedMs, QUIET_MS));
  return [
    { name: 'call to greeting', value: since(timings.beganMs), unit: 'ms', limit: { atMost: 5_000 } },
    { name: 'end of speech to first audio heard', value: since(first.endedMs), unit: 'ms', limit: { atMost: 4_000 } },
    {
      name: 'typed question, with a tool call, to answer',
      value: (answeredMs ?? NEVER) - typedMs,
      unit: 'ms',
      limit: { atMost: 4_000 },
    },
    {
      name: "caller's first word to silence",
      value: silentAtMs - bargeIn.startedMs,
      unit: 'ms',
      limit: { atMost: 1_500 },
    },
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
  const { caller, first, bargeIn } = call;
  const spokeAtMs = eventTimes(session, 'audioOutput').find((atMs) => atMs > first.endedMs) ?? NEVER;
  const heardAtMs = clockOf(caller, firstSoundAfter(caller.heard, first.endedMs));
  // A cut-off answer ends with completionEnd at the moment at which the model tells so.
  const cutAtMs = eventTimes(session, 'completionEnd').find((atMs) => atMs > bargeIn.startedMs) ?? NEVER;
  const silentAtMs = clockOf(caller, lastSoundBeforeQuiet(caller.heard, bargeIn.startedMs, QUIET_MS));
  return [
    {
      name: "bot's share of answering (model to ear)",
      value: heardAtMs - spokeAtMs,
      unit: 'ms',
      limit: { atMost: 300 },
      note: 'aim 60',
    },
    {
      name: "bot's share of barge-in (model to silence)",
      value: Math.max(0, silentAtMs - cutAtMs),
      unit: 'ms',
      limit: { atMost: 300 },
      note: 'aim 100',
    },
    ...damageFigures('1st recording', session.heardPcm16k(), first),
    ...damageFigures('2nd recording', session.heardPcm16k(), bargeIn),
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

/** Moments at which runs of this event began, ms since 1970. */
function eventTimes(session: FakeSession, name: string): number[] {
  return session.outputEvents.filter((entry) => entry.name === name).map((entry) => session.openedAtMs + entry.atMs);
}
