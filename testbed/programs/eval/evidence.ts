import { type HeardCall, heardFacts } from '../../../evals/caller';
import type { CallFacts } from '../../../evals/run';
import type { FakeSession } from '../../fakes/bedrock';

/** What is looked at of a stream. */
export type EvidentSession = Pick<
  FakeSession,
  'inputEvents' | 'openedAtMs' | 'outputEvents' | 'texts' | 'toldOfSpeechAtMs' | 'toolResults' | 'toolUses' | 'voiceId'
>;

/** What was gathered of a call, on all its sides. */
export interface Evidence extends HeardCall {
  readonly sessions: readonly EvidentSession[];
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly effects: Readonly<Record<string, number>>;
  readonly secrets: readonly string[];
}

/** What a scenario's limits are held against. */
export function factsOf({ sessions, log, effects, secrets, ...heard }: Evidence): CallFacts {
  return {
    ...heardFacts(heard),
    effects,
    toolAnswersMs: sessions.flatMap(({ toolUses }) =>
      toolUses.map(({ atMs, answeredAtMs = Infinity }) => answeredAtMs - atMs),
    ),
    modelTexts: sessions.flatMap(textsOf),
    nextModelTexts: sessions.slice(1).flatMap(textsOf),
    logLines: log.map((line) => JSON.stringify(line)),
    secrets,
  };
}

const textsOf = ({ texts, toolResults }: Evidence['sessions'][number]): readonly string[] => [
  ...texts.map(({ text }) => text),
  ...toolResults.map(({ content }) => content),
];
