import { type CallersSound, type CallSamples, duplexFigures, type Sound, type Transport } from '../../../evals/figures';
import type { CallEvent } from '../../../evals/expect';
import { type CallerPace, mostAnswersInATurn, type ScriptRun } from '../../../evals/run';
import type { Script } from '../../../evals/scenario';
import type { Recording } from '../../../smoke/caller';
import type { FakeSession } from '../../fakes/bedrock';
import { concatenate, soundsIn, SPEECH_HZ, type Synthesiser } from '../../speech';
import { toldWords } from './told-words';

/** A call of which figures are taken. */
export interface MeasuredCall {
  readonly transport: Transport;
  readonly script: Script;
  readonly run: ScriptRun;
  readonly heard: Recording;
  readonly said: readonly Recording[];
  readonly pace: CallerPace | undefined;
  readonly botWaitedShare: number;
  readonly sessions: readonly Pick<
    FakeSession,
    'openedAtMs' | 'inputEvents' | 'outputEvents' | 'texts' | 'toldOfSpeechAtMs' | 'toolUses' | 'voiceId'
  >[];
  /** When a moment of `heard` came to the ear, by the clock. */
  readonly earOf: (heardMs: number) => number;
  /** The same of a moment at which a sound ends. */
  readonly earOfEnd: (heardMs: number) => number;
}

/** Between two sentences of an answer there is less silence. */
const JOIN_MS = 400;
/** Was the ear silent for so long, what comes next is the beginning of an answer. */
const SILENT_MS = 300;
/** A client is told of an answer before it is heard, or hardly later; what began sooner, such as a waiting sound, is not the answer. */
const TOLD_LATE_MS = 100;
/** The model's word and the client's of the same interruption are no further apart. */
const TOLD_WITHIN_MS = 300;
/** What is not heard so soon belongs to something else: the model's words were for a caller who spoke on. */
const HEARD_WITHIN_MS = 2_000;
/** An answer, or a goodbye, that lacks more is cut. */
const CUT_MS = { answer: 60, goodbye: 100 };
/** With an answer that is longer by more, something else was heard: no machine is so slow. */
const ELSE_MS = 1_000;
/** A voice that is louder or quieter by more than this is not the one that the model spoke with. */
const SAME_LOUDNESS_DB = 3;
/** No tool takes longer. */
const TOOL_MS = 21_000;
/** The caller's turn ends with its last word; the sound of it does so a little sooner or later. */
const END_TOLERANCE_MS = 40;

/** What a call is measured to be. */
export async function samplesOf(call: MeasuredCall, synthesiser: Synthesiser): Promise<CallSamples> {
  const { script, run, heard, sessions, pace, earOf, earOfEnd } = call;
  const { events, turns } = run;
  const sounds = soundsIn(heard, JOIN_MS);
  const bot = sounds.map(({ fromMs, toMs }) => ({ fromMs: earOf(fromMs), toMs: earOfEnd(toMs) }));
  const caller = turns.flatMap(({ said, sentMs, speechEndMs }, at): CallersSound[] => {
    const isNoTurn = script.turns[at]?.nova?.ignored === true;
    if (speechEndMs === undefined || (said === undefined && !isNoTurn)) return [];
    return [{ fromMs: sentMs, toMs: speechEndMs, isNoTurn }];
  });
  const stretched = await stretches(call, sounds, synthesiser);
  const answerable = turns.flatMap(({ said, sentMs, speechEndMs }, at) => {
    const isToBeAnswered = said !== undefined && script.turns[at]?.nova?.ignored !== true;
    return isToBeAnswered ? [{ fromMs: speechEndMs ?? sentMs, toMs: turns[at + 1]?.sentMs ?? Infinity }] : [];
  });
  const uses = sessions.flatMap(usesOf);
  const callersWords = toldWords(events, turns, sessions);
  const goodbye = run.ended === 'bot' ? stretched.slice(-1) : [];
  return {
    transport: call.transport,
    callersWorstGapMs: pace?.longestGapMs,
    botWaitedShare: call.botWaitedShare,
    answersMs: sessions.flatMap((session) => answersOf(session, bot)),
    stopsMs: stopsOf(call, bot),
    toolSilencesMs: toolsOf(events).map((tool) => longestSilence(bot, tool)),
    gapsMs: stretched.map(({ longerMs }) => Math.max(0, longerMs)),
    answersHeard: stretched.length,
    answersWhole: stretched.filter(({ longerMs }) => longerMs >= -CUT_MS.answer && longerMs <= ELSE_MS).length,
    answersAsLoud: stretched.filter(({ louderDb }) => Math.abs(louderDb) <= SAME_LOUDNESS_DB).length,
    turns: answerable.length,
    turnsMissed: answerable.filter((turn) => !isAnswered(turn, events)).length,
    answersTwice: answerable.filter((turn) => mostAnswersInATurn(within(turn, events)) > 1).length,
    callersWordsTold: callersWords.told,
    callersWordsTooOften: callersWords.tooOften,
    toolUses: uses.length,
    toolUsesAnsweredOnce: uses.filter(({ answeredAtMs }) => answeredAtMs !== undefined).length,
    goodbyes: goodbye.length,
    goodbyesWhole: goodbye.filter(({ longerMs }) => longerMs >= -CUT_MS.goodbye).length,
    duplex: duplexFigures(bot, caller, events),
  };
}

const clockOf = (performanceMs: number): number => performance.timeOrigin + performanceMs;

/** From the first audio of each answer, where the ear was silent before, to its first sound. */
function answersOf(
  { openedAtMs, outputEvents }: MeasuredCall['sessions'][number],
  bot: readonly Sound[],
): readonly number[] {
  return outputEvents.flatMap(({ name, atMs }) => {
    if (name !== 'audioOutput') return [];
    const sentMs = openedAtMs + atMs;
    if (bot.some(({ fromMs, toMs }) => fromMs < sentMs && toMs > sentMs - SILENT_MS)) return [];
    const first = bot.find(({ fromMs }) => fromMs >= sentMs);
    const ms = first === undefined ? Infinity : first.fromMs - sentMs;
    return ms < HEARD_WITHIN_MS ? [ms] : [];
  });
}

/** Uses of tools that were answered, or had to be: a stream that is left, by a handoff or a goodbye, waits for nothing. */
function usesOf({
  openedAtMs,
  inputEvents,
  toolUses,
}: MeasuredCall['sessions'][number]): MeasuredCall['sessions'][number]['toolUses'] {
  const lastMs = openedAtMs + Math.max(0, ...inputEvents.map(({ lastAtMs }) => lastAtMs));
  return toolUses.filter(({ atMs, answeredAtMs }) => answeredAtMs !== undefined || lastMs - clockOf(atMs) > TOOL_MS);
}

/** From the model's first word of each interruption to silence. */
function stopsOf({ run, sessions }: MeasuredCall, bot: readonly Sound[]): readonly number[] {
  const told = sessions.flatMap(({ toldOfSpeechAtMs }) => toldOfSpeechAtMs.map(clockOf));
  return run.events.flatMap(({ name, atMs }) => {
    if (name !== 'bot_interrupted') return [];
    // The bot may tell its client before the model has come to its word.
    const toldMs = told.find((ms) => Math.abs(ms - atMs) < TOLD_WITHIN_MS);
    const sound = bot.findLast(({ fromMs }) => toldMs !== undefined && fromMs < toldMs);
    return toldMs === undefined || sound === undefined ? [] : [Math.max(0, sound.toMs - toldMs)];
  });
}

/** After these an answer is not heard whole, or not told whole, or something else is heard with it. */
const UNTOLD: ReadonlySet<CallEvent['name']> = new Set(['bot_interrupted', 'user_started_speaking', 'function_call']);

/** When each tool was at work, as the client was told. */
function toolsOf(events: readonly CallEvent[]): readonly Sound[] {
  return events.flatMap(({ name, atMs, call }, at) => {
    if (name !== 'function_call') return [];
    const end = events
      .slice(at)
      .find((event) => event.name === 'function_call_stopped' && event.call?.name === call?.name);
    return end === undefined ? [] : [{ fromMs: atMs, toMs: end.atMs }];
  });
}

function longestSilence(bot: readonly Sound[], { fromMs, toMs }: Sound): number {
  let sinceMs = fromMs;
  let longestMs = 0;
  for (const sound of bot) {
    if (sound.toMs <= fromMs || sound.fromMs >= toMs) continue;
    longestMs = Math.max(longestMs, sound.fromMs - sinceMs);
    sinceMs = Math.max(sinceMs, sound.toMs);
  }
  return Math.max(longestMs, toMs - sinceMs);
}

const within = ({ fromMs, toMs }: Sound, events: readonly CallEvent[]): readonly CallEvent[] =>
  events.filter(({ atMs }) => atMs >= fromMs - END_TOLERANCE_MS && atMs < toMs);

/** A telephone's caller is told of nothing, and hears the bot begin. */
const ANSWERS: ReadonlySet<CallEvent['name']> = new Set(['llm_started', 'function_call', 'bot_started_speaking']);
const isAnswered = (turn: Sound, events: readonly CallEvent[]): boolean =>
  within(turn, events).some(({ name }) => ANSWERS.has(name));

/** What was heard of an answer, beside what the model spoke. */
interface HeardAnswer {
  readonly longerMs: number;
  readonly louderDb: number;
}

const UNHEARD: HeardAnswer = { longerMs: -Infinity, louderDb: -Infinity };

/** Of each answer that was heard without an interruption: how much longer, in the recording's own time, and louder it was. */
async function stretches(
  { run: { events }, sessions, heard }: MeasuredCall,
  bot: readonly Sound[],
  synthesiser: Synthesiser,
): Promise<readonly HeardAnswer[]> {
  const voiceId = sessions[0]?.voiceId ?? '';
  const all: HeardAnswer[] = [];
  for (const [at, { name, atMs }] of events.entries()) {
    if (name !== 'llm_started') continue;
    const rest = events.slice(at + 1);
    const end = rest.findIndex((event) => event.name === 'bot_stopped_speaking' || event.name === 'llm_started');
    const said = rest.slice(0, end < 0 ? undefined : end + 1);
    if (said.at(-1)?.name !== 'bot_stopped_speaking' || said.some((event) => UNTOLD.has(event.name))) continue;
    const words = said.flatMap((event) => (event.name === 'tts_response' ? [event.text ?? ''] : []));
    if (words.length === 0) continue;
    const endMs = said.at(-1)?.atMs ?? 0;
    if (!bot.some(({ fromMs, toMs }) => fromMs < endMs && toMs > atMs)) all.push(UNHEARD);
    const heardAs = bot.filter(({ fromMs }) => fromMs > atMs - TOLD_LATE_MS && fromMs < endMs);
    const [only] = heardAs;
    if (heardAs.length !== 1 || only === undefined) continue;
    const pieces = await Promise.all(words.map((text) => synthesiser.synthesise(text.trim(), voiceId)));
    const spoken = { pcm: concatenate(pieces), rateHz: SPEECH_HZ, startMs: 0 };
    const sounds = soundsIn(spoken, JOIN_MS);
    const whole = { fromMs: sounds[0]?.fromMs ?? 0, toMs: sounds.at(-1)?.toMs ?? 0 };
    all.push({
      longerMs: only.toMs - only.fromMs - (whole.toMs - whole.fromMs),
      louderDb: 20 * Math.log10(levelOf(heard, only) / levelOf(spoken, whole)),
    });
  }
  return all;
}

/** How loud a recording is between two moments (RMS). */
function levelOf({ pcm, rateHz, startMs }: Recording, { fromMs, toMs }: Sound): number {
  const part = pcm.subarray(((fromMs - startMs) * rateHz) / 1_000, ((toMs - startMs) * rateHz) / 1_000);
  return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
}
