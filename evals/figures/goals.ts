import { percentile } from './percentile';
import type { DuplexFigures } from './full-duplex';

export type Transport = 'webrtc' | 'daily' | 'phone';

/** What was measured in one call. All in ms. */
export interface CallSamples {
  readonly transport: Transport;
  /** Of caller and bot: a machine that had no time for one of them is all that was measured. */
  readonly callersWorstGapMs: number | undefined;
  /** How much of the call the bot was ready and had no processor, 0–1. */
  readonly botWaitedShare: number;
  /** From the model's first sound of an answer to the ear. */
  readonly answersMs: readonly number[];
  /** From the model's word of an interruption to silence in the ear. */
  readonly stopsMs: readonly number[];
  /** The longest silence while a tool ran, for each. */
  readonly toolSilencesMs: readonly number[];
  /** What was heard of an answer, longer than the model had spoken it. */
  readonly gapsMs: readonly number[];
  /** Answers that were not interrupted; of those, the ones that were heard whole with nothing else, and those as loud as they were spoken. */
  readonly answersHeard: number;
  readonly answersWhole: number;
  readonly answersAsLoud: number;
  readonly turns: number;
  readonly turnsMissed: number;
  readonly answersTwice: number;
  /** How often the client, or a later stream, was told of something that the caller had said; of these, more often than it was said. */
  readonly callersWordsTold: number;
  readonly callersWordsTooOften: number;
  readonly toolUses: number;
  readonly toolUsesAnsweredOnce: number;
  readonly goodbyes: number;
  readonly goodbyesWhole: number;
  readonly duplex: DuplexFigures;
}

/** A figure of a run beside its goal. */
export interface GoalRow {
  readonly figure: string;
  readonly seen: string;
  /** Empty where it is only reported. */
  readonly goal: string;
  readonly outcome: 'held' | 'missed' | 'not-judged' | 'reported';
}

/** A caller that sends a packet each 20 ms and once was later than this cannot tell what took 60 ms. */
const STEADY_GAP_MS = 45;
const STEADY_WAITED_SHARE = 0.03;
const SERVED_WAITED_SHARE = 0.1;
/** Fewer say nothing of a percentile. */
const MIN_SAMPLES = 8;

/** A time and what it may be: at each percentile, 100 being the worst. */
interface TimeGoal {
  readonly figure: string;
  readonly atMost: Readonly<Record<number, number>>;
  readonly values: (call: CallSamples) => readonly number[];
}

const over = (
  transport: Transport,
  figure: string,
  what: 'answersMs' | 'stopsMs',
  atMost: TimeGoal['atMost'],
): TimeGoal => ({
  figure,
  atMost,
  values: (call) => (call.transport === transport ? call[what] : []),
});

const TIMES: readonly TimeGoal[] = [
  over('webrtc', "model's first sound to the ear, WebRTC", 'answersMs', { 50: 60, 95: 100 }),
  over('daily', "model's first sound to the ear, Daily", 'answersMs', { 95: 260 }),
  over('phone', "model's first sound to the ear, telephone", 'answersMs', {}),
  over('webrtc', "model's word of an interruption to silence, WebRTC", 'stopsMs', { 95: 60 }),
  over('daily', "model's word of an interruption to silence, Daily", 'stopsMs', { 95: 150 }),
  over('phone', "model's word of an interruption to silence, telephone", 'stopsMs', {}),
  { figure: 'silence while a tool ran', atMost: { 100: 2_500 }, values: ({ toolSilencesMs }) => toolSilencesMs },
  {
    figure: 'gap of ours in an answer',
    atMost: { 100: 40 },
    // A telephone line is heard by its carrier's own beat.
    values: ({ transport, gapsMs }) => (transport === 'phone' ? [] : gapsMs),
  },
];

interface CountGoal {
  readonly figure: string;
  readonly goal: 'none' | 'all';
  readonly seen: (call: CallSamples) => number;
  readonly of: (call: CallSamples) => number;
}

const COUNTS: readonly CountGoal[] = [
  {
    figure: 'stops for noises and backchannels',
    goal: 'none',
    seen: ({ duplex }) => duplex.noTurnsTaken,
    of: ({ duplex }) => duplex.noTurns,
  },
  { figure: 'turns missed', goal: 'none', seen: ({ turnsMissed }) => turnsMissed, of: ({ turns }) => turns },
  { figure: 'turns answered twice', goal: 'none', seen: ({ answersTwice }) => answersTwice, of: ({ turns }) => turns },
  {
    figure: "caller's words told twice, to the client or a later stream",
    goal: 'none',
    seen: ({ callersWordsTooOften }) => callersWordsTooOften,
    of: ({ callersWordsTold }) => callersWordsTold,
  },
  {
    figure: 'tools answered exactly once',
    goal: 'all',
    seen: ({ toolUsesAnsweredOnce }) => toolUsesAnsweredOnce,
    of: ({ toolUses }) => toolUses,
  },
  {
    figure: 'answers heard whole, with nothing else',
    goal: 'all',
    seen: ({ answersWhole }) => answersWhole,
    of: ({ answersHeard }) => answersHeard,
  },
  {
    figure: 'answers as loud as spoken',
    goal: 'all',
    seen: ({ answersAsLoud }) => answersAsLoud,
    of: ({ answersHeard }) => answersHeard,
  },
  {
    figure: 'goodbyes heard whole',
    goal: 'all',
    seen: ({ goodbyesWhole }) => goodbyesWhole,
    of: ({ goodbyes }) => goodbyes,
  },
];

/** The figures of a run beside the goals of a mode in which the model is scripted; those of which nothing was seen are left out. */
export function goalRows(calls: readonly CallSamples[]): readonly GoalRow[] {
  return [
    ...TIMES.flatMap((time) => timeRows(time, calls)),
    ...COUNTS.flatMap((count) => countRow(count, calls)),
    ...duplexRows(calls),
  ];
}

/** Times are held against their goals where the machine had time for caller and bot; the others are shown where there are no more. */
function timeRows({ figure, atMost, values }: TimeGoal, calls: readonly CallSamples[]): readonly GoalRow[] {
  const steady = calls.filter(isSteady).flatMap(values);
  const isJudged = steady.length >= MIN_SAMPLES;
  const shown = isJudged ? steady : calls.flatMap(values);
  if (shown.length === 0) return [];
  const seenAt = (p: number): string =>
    `${p === 100 ? 'worst' : `p${p}`} ${Math.round(percentile(shown, p))} ms of ${shown.length}`;
  const goals = Object.entries(atMost);
  if (goals.length === 0) return [{ figure, seen: seenAt(50), goal: '', outcome: 'reported' }];
  return goals.map(([p, ms]) => ({
    figure,
    seen: seenAt(Number(p)),
    goal: `≤ ${ms} ms`,
    outcome: !isJudged ? 'not-judged' : percentile(shown, Number(p)) <= ms ? 'held' : 'missed',
  }));
}

const isSteady = ({ callersWorstGapMs = 0, botWaitedShare }: CallSamples): boolean =>
  callersWorstGapMs <= STEADY_GAP_MS && botWaitedShare <= STEADY_WAITED_SHARE;

/** What came too late for its turn was not missed: calls of a bot that had no processor are not counted where there are others. */
function countRow({ figure, goal, seen, of }: CountGoal, calls: readonly CallSamples[]): readonly GoalRow[] {
  const served = calls.filter(({ botWaitedShare }) => botWaitedShare <= SERVED_WAITED_SHARE);
  const isJudged = sum(served, of) > 0;
  const counted = isJudged ? served : calls;
  const [came, all] = [sum(counted, seen), sum(counted, of)];
  if (all === 0) return [];
  const isHeld = came === (goal === 'none' ? 0 : all);
  return [{ figure, seen: `${came} of ${all}`, goal, outcome: !isJudged ? 'not-judged' : isHeld ? 'held' : 'missed' }];
}

/** Full-Duplex-Bench's measures, which depend on when the scripted model begins: no goal is set for them here. */
function duplexRows(calls: readonly CallSamples[]): readonly GoalRow[] {
  if (calls.length === 0) return [];
  const all = calls.map(({ duplex }) => duplex);
  const taken = (figure: string, part: 'turns' | 'interruptions', latencies: readonly number[]): readonly GoalRow[] => {
    const of = sum(all, (one) => one[part]);
    const seen = sum(all, (one) => one[`${part}Taken`]);
    const soon = latencies.length === 0 ? '' : `, p50 ${Math.round(percentile(latencies, 50))} ms`;
    return of === 0 ? [] : [{ figure, seen: `${seen} of ${of}${soon}`, goal: '', outcome: 'reported' }];
  };
  const stops = all.flatMap(({ stopLatenciesMs }) => stopLatenciesMs);
  const reported = (figure: string, seen: string): GoalRow => ({ figure, seen, goal: '', outcome: 'reported' });
  return [
    ...taken(
      'spoken turns taken over',
      'turns',
      all.flatMap(({ turnLatenciesMs }) => turnLatenciesMs),
    ),
    ...taken(
      'interruptions taken over',
      'interruptions',
      all.flatMap(({ interruptionLatenciesMs }) => interruptionLatenciesMs),
    ),
    ...(stops.length === 0
      ? []
      : [reported("caller's first word to silence", `p50 ${Math.round(percentile(stops, 50))} ms of ${stops.length}`)]),
    reported('both heard at once', `${(sum(all, ({ overlapMs }) => overlapMs) / 1000).toFixed(1)} s`),
  ];
}

function sum<T>(values: readonly T[], what: (value: T) => number): number {
  return values.reduce((total, value) => total + what(value), 0);
}
