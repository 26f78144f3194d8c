/** A sentence of the bot's, as its client was told of it. */
export interface ToldSentence {
  readonly text: string;
  /** As much of it as was heard. */
  readonly heard: string;
  /** When that was told last, in ms. */
  readonly atMs: number;
}

/** The assistant's side of a history that a stream was told. */
export interface ToldHistory {
  readonly said: string;
  readonly atMs: number;
}

/**
 * Holds a history against what the caller heard: each sentence of it was heard, as far as it goes, no more often than it
 * is in there, and in that order; a sentence on its way to the ear counts as heard. Sentences may be left out.
 * @returns the words from which on that is not so; undefined where all is as it should be
 */
export function unheardIn({ said, atMs }: ToldHistory, sentences: readonly ToldSentence[]): string | undefined {
  const told = wordsOf(said);
  let furthest = 0;
  /** Where the search has been: the same rest with the same sentences left ends the same way. */
  const seen = new Set<string>();
  const fits = (from: number, next: number): boolean => {
    furthest = Math.max(furthest, from);
    if (from === told.length) return true;
    const place = `${from} ${next}`;
    if (seen.has(place)) return false;
    seen.add(place);
    return sentences.slice(next).some((sentence, index) => {
      const words = wordsOf(sentence.atMs > atMs ? sentence.text : sentence.heard);
      const ends = words.map((_, position) => from + position + 1);
      const isSame = (end: number): boolean => words.slice(0, end - from).join(' ') === told.slice(from, end).join(' ');
      return ends.reverse().some((end) => isSame(end) && fits(end, next + index + 1));
    });
  };
  return fits(0, 0) ? undefined : told.slice(furthest).join(' ');
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
