import type { CallEvent } from '../../../evals/expect';
import type { ScriptRun } from '../../../evals/run';
import type { FakeSession } from '../../fakes/bedrock';

/** How often a client, or a stream after the first, was told of something that the caller had said. */
export interface ToldWords {
  readonly told: number;
  /** Of these, how often more than it was said. */
  readonly tooOften: number;
}

/** What the caller said, as the client's transcript and the history of each stream after the first have it. */
export function toldWords(
  events: readonly CallEvent[],
  turns: readonly Pick<ScriptRun['turns'][number], 'said'>[],
  sessions: readonly Pick<FakeSession, 'texts'>[],
): ToldWords {
  const transcript = events.flatMap(({ name, text }) => (name === 'user_transcription' ? [text ?? ''] : []));
  const histories = sessions
    .slice(1)
    .map(({ texts }) =>
      texts.flatMap(({ role, interactive, text }) => (role === 'USER' && !interactive ? [text] : [])),
    );
  const said = turns.flatMap((turn) => turn.said ?? []);
  const tooOften = [transcript, ...histories].map((texts) => beyond(texts, said));
  return { told: transcript.length + histories.flat().length, tooOften: tooOften.reduce((sum, one) => sum + one, 0) };
}

/** How many of these are there more often than they were said; what was heard otherwise than said was said once. */
function beyond(texts: readonly string[], said: readonly string[]): number {
  const count = (all: readonly string[], words: string): number => all.filter((text) => text.trim() === words).length;
  const distinct = [...new Set(texts.map((text) => text.trim()))];
  return distinct.reduce((sum, words) => sum + Math.max(0, count(texts, words) - Math.max(1, count(said, words))), 0);
}
