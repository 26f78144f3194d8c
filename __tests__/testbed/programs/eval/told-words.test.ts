import type { CallEvent } from '../../../../evals/expect';
import { toldWords } from '../../../../testbed/programs/eval/told-words';

const transcripts = (...texts: string[]): CallEvent[] =>
  texts.map((text, atMs) => ({ name: 'user_transcription', atMs, text }));
const stream = (...texts: string[]) => ({
  texts: texts.map((text) => ({ role: 'USER' as const, interactive: false, text })),
});

it('a word that the caller said twice may be told twice, and each stream is told all of it', () => {
  const said = [{ said: 'Yes.' }, { said: 'On Monday.' }, { said: 'Yes.' }];
  const sessions = [stream(), stream('Yes.', 'On Monday.'), stream('Yes.', 'On Monday.', 'Yes.')];
  expect(toldWords(transcripts('Yes.', 'On Monday.', 'Yes.'), said, sessions)).toEqual({ told: 8, tooOften: 0 });
});

it.each([
  ['the client', transcripts('On Monday.', 'On Monday.'), [stream()]],
  ['a later stream', transcripts('On Monday.'), [stream(), stream('On Monday.', 'On Monday. ')]],
])('what %s was told more often than it was said is found', (_, events, sessions) => {
  expect(toldWords(events, [{ said: 'On Monday.' }], sessions).tooOften).toBe(1);
});

it('what was heard otherwise than it was said was said once', () => {
  expect(toldWords(transcripts('on money', 'on money'), [{ said: 'On Monday.' }], []).tooOften).toBe(1);
});
