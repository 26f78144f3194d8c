import type { Behaviours } from './behaviours';
import type { OutputEvents } from './output';

/** Sends what the caller was understood to say: never partial, but perhaps in several blocks. */
export function saidByUser(
  words: string,
  output: OutputEvents,
  { userText, userEnd }: Pick<Behaviours, 'userText' | 'userEnd'>,
): void {
  const space = userText === 'fragments' ? words.indexOf(' ', words.length / 2) : -1;
  const blocks = space < 0 ? [words] : [words.slice(0, space), words.slice(space)];
  for (const block of blocks) output.text('USER', 'FINAL', block, userEnd);
}
