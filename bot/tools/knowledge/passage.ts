/** A piece of a page that is short enough to be spoken about. */
export interface Passage {
  /** The headings above it: `Prices > Cleaning`. */
  readonly title: string;
  readonly text: string;
  /** The file, and the page of a PDF. */
  readonly source: string;
}

/** What of a passage the model is given. */
interface FoundPassage {
  readonly text: string;
  readonly source: string;
}

/** Looks passages up. `signal` ends it. */
export type Find = (question: string, signal: AbortSignal) => Promise<readonly FoundPassage[]>;

/** Longest passage in characters: three of them are what a model reads before it answers. */
export const MAX_PASSAGE_CHARS = 600;

/** Puts sentences together up to the length of a passage; one that is longer by itself is cut at a space. */
export function passagesOf(text: string, title: string, source: string): Passage[] {
  const passages: Passage[] = [];
  let current = '';
  const flush = (): void => {
    if (current !== '') passages.push({ title, text: current, source });
    current = '';
  };
  for (const sentence of sentencesOf(text)) {
    if (current.length + sentence.length + 1 > MAX_PASSAGE_CHARS) flush();
    current = current === '' ? sentence : `${current} ${sentence}`;
  }
  flush();
  return passages;
}

function sentencesOf(text: string): string[] {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?।:;]["”’)]?)\s/)
    .flatMap(cutAtSpaces)
    .filter((sentence) => sentence !== '');
}

function cutAtSpaces(sentence: string): string[] {
  if (sentence.length <= MAX_PASSAGE_CHARS) return [sentence];
  const space = sentence.lastIndexOf(' ', MAX_PASSAGE_CHARS);
  const at = space <= 0 ? MAX_PASSAGE_CHARS : space;
  return [sentence.slice(0, at), ...cutAtSpaces(sentence.slice(at).trim())];
}
