import type { Recording } from '../../../smoke/caller';
import type { FakeSession } from '../../fakes/bedrock';
import type { FakeCall } from '../../fakes/twilio';
import { align, alignSegments, firstSoundAfter, likenessOf, resample, type Wav } from '../../speech';
import { toldOfBargeIn, type Figure } from './measure';

/** Something said, and when. */
export interface PhoneUtterance {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly sound: Wav;
}

/** What happened when in a telephone call. Times are ms since 1970. */
export interface PhoneTimes {
  /** The stream began. */
  readonly startedMs: number;
  readonly first: PhoneUtterance;
  /** Twilio had its first frame. */
  readonly answer: { readonly atMs: number };
  readonly bargeIn: PhoneUtterance;
  /** What was interrupted was taken back. */
  readonly clear: { readonly atMs: number };
  readonly pressedMs: number;
  readonly keysAnsweredMs: number;
  /** To speak to a person. */
  readonly wish: PhoneUtterance;
  readonly askedMs: number;
  readonly connectedMs: number;
  readonly colleagueHeard: Recording;
}

const NEVER = Number.POSITIVE_INFINITY;
const FRAME_MS = 20;

/** What Twilio and the caller can tell. Limits are those of a busy laptop; docs/performance.md has what an idle machine measures. */
export function phoneFigures(call: FakeCall, times: PhoneTimes, brokenRules: number): Figure[] {
  const { startedMs, first, pressedMs, keysAnsweredMs, askedMs, connectedMs, wish, colleagueHeard } = times;
  const since = (fromMs: number): number => (firstSoundAfter(call.heard, fromMs) ?? NEVER) - fromMs;
  const [stream] = call.streams;
  const spoken = resample(wish.sound.samples, wish.sound.rateHz, colleagueHeard.rateHz);
  return [
    { name: 'start of the stream to greeting', value: since(startedMs), unit: 'ms', limit: { atMost: 4_000 } },
    { name: 'end of speech to first audio heard', value: since(first.endedMs), unit: 'ms', limit: { atMost: 4_000 } },
    { name: 'keys to answer', value: keysAnsweredMs - pressedMs, unit: 'ms', limit: { atMost: 4_000 } },
    { name: 'wish for a person to a person', value: connectedMs - askedMs, unit: 'ms', limit: { atMost: 15_000 } },
    {
      name: 'colleague heard the caller: likeness',
      value: 100 * align(colleagueHeard.pcm, spoken).correlation,
      unit: '%',
      limit: { atLeast: 90 },
    },
    {
      name: 'audio that Twilio held and nobody had heard, at most',
      value: stream?.mostUnheardMs ?? NEVER,
      unit: 'ms',
      limit: { atMost: 200 },
    },
    {
      name: "gaps in the bot's speech",
      value: stream?.underruns ?? NEVER,
      unit: '',
      limit: { atMost: 0 },
      stallMsEach: FRAME_MS,
    },
    { name: "Twilio's complaints", value: brokenRules, unit: '', limit: { atMost: 0 } },
  ];
}

/** What only the sandbox, being the model, can tell. */
export function phoneModelFigures({ first, answer, bargeIn, clear }: PhoneTimes, session: FakeSession): Figure[] {
  const spokeAtMs = session.outputEvents
    .filter(({ name }) => name === 'audioOutput')
    .map(({ atMs }) => session.openedAtMs + atMs)
    .find((atMs) => atMs > first.endedMs);
  const toldMs = toldOfBargeIn(session, bargeIn.startedMs);
  return [
    {
      name: "bot's share of answering (model to Twilio)",
      value: spokeAtMs === undefined ? NEVER : answer.atMs - spokeAtMs,
      unit: 'ms',
      limit: { atMost: 300 },
      note: 'aim 60',
    },
    {
      name: "bot's share of barge-in (model to clear)",
      value: toldMs === undefined ? NEVER : Math.max(0, clear.atMs - toldMs),
      unit: 'ms',
      limit: { atMost: 300 },
      note: 'aim 15',
    },
    ...[first, bargeIn].flatMap(({ sound }, i) => damage(`${i === 0 ? '1st' : '2nd'} recording`, session, sound)),
    { name: "the model's complaints", value: session.violations.length, unit: '', limit: { atMost: 0 } },
  ];
}

/** A telephone lets nothing above 4 kHz through: what is left of a recording is compared. */
function damage(name: string, session: FakeSession, { samples, rateHz }: PhoneUtterance['sound']): Figure[] {
  const narrow = resample(resample(samples, rateHz, 8_000), 8_000, 16_000);
  const segments = alignSegments(session.heardPcm16k(), narrow, 16_000);
  const shifts = segments.map(({ shiftMs }) => Math.abs(shiftMs));
  return [
    { name: `model heard the ${name}: likeness`, value: 100 * likenessOf(segments), unit: '%', limit: { atLeast: 90 } },
    {
      name: `model heard the ${name}: gaps and losses`,
      value: Math.max(0, ...shifts),
      unit: 'ms',
      limit: { atMost: 5 },
    },
  ];
}
