import type { RtviMessage } from '../../../bot/rtvi/messages';
import type { CallFacts, ScriptRun } from '../../../evals/run';
import type { Recording } from '../../../smoke/caller';
import type { FakeSession } from '../../fakes/bedrock';
import { firstSoundAfter, lastSoundBeforeQuiet } from '../../speech';

/** What is looked at of a stream. */
export type EvidentSession = Pick<
  FakeSession,
  'inputEvents' | 'openedAtMs' | 'outputEvents' | 'texts' | 'toldOfSpeechAtMs' | 'toolResults' | 'toolUses' | 'voiceId'
>;

/** What was gathered of a call, on all its sides. */
export interface Evidence {
  readonly run: ScriptRun;
  readonly heard: Recording;
  /** When the line was open. */
  readonly readyMs: number;
  readonly messages: readonly RtviMessage[];
  readonly sessions: readonly EvidentSession[];
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly effects: Readonly<Record<string, number>>;
  readonly secrets: readonly string[];
}

/** What is quiet for so long has stopped. */
const QUIET_MS = 200;
/** A cut that soon after a turn was sent was made by it. */
const CUTS_WITHIN_MS = 5_000;

/** What a scenario's limits are held against. */
export function factsOf({ run, heard, readyMs, messages, sessions, log, effects, secrets }: Evidence): CallFacts {
  const cuts = run.events.filter(({ name }) => name === 'bot_interrupted');
  const waitsMs = run.turns.flatMap(({ said, sentMs, speechEndMs }) => {
    if (said === undefined || cuts.some(({ atMs }) => atMs >= sentMs && atMs - sentMs < CUTS_WITHIN_MS)) return [];
    const fromMs = speechEndMs ?? sentMs;
    const first = firstSoundAfter(heard, fromMs);
    return first === undefined ? [] : [first - fromMs];
  });
  const greeted = firstSoundAfter(heard, heard.startMs);
  return {
    events: run.events,
    ended: run.ended,
    turnsSentMs: run.turns.flatMap(({ said, sentMs }) => (said === undefined ? [] : [sentMs])),
    waitsMs,
    ...(greeted === undefined ? {} : { greetedAfterMs: greeted - readyMs }),
    stopsMs: cuts.flatMap(({ atMs }) => {
      const stopped = lastSoundBeforeQuiet(heard, atMs - QUIET_MS, QUIET_MS);
      return stopped === undefined ? [] : [Math.max(0, stopped - atMs)];
    }),
    effects,
    toolAnswersMs: sessions.flatMap(({ toolUses }) =>
      toolUses.map(({ atMs, answeredAtMs = Infinity }) => answeredAtMs - atMs),
    ),
    modelTexts: sessions.flatMap(textsOf),
    nextModelTexts: sessions.slice(1).flatMap(textsOf),
    clientTexts: messages.map((message) => JSON.stringify(message)),
    logLines: log.map((line) => JSON.stringify(line)),
    secrets,
    handoffs: messages.flatMap(({ type, data }) => {
      const { type: kind, name } = (type === 'server-message' ? data : {}) as { type?: string; name?: string };
      return kind === 'agent' && name !== undefined ? [name] : [];
    }),
  };
}

const textsOf = ({ texts, toolResults }: Evidence['sessions'][number]): readonly string[] => [
  ...texts.map(({ text }) => text),
  ...toolResults.map(({ content }) => content),
];
