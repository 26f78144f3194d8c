import { primaryLanguage } from '../../../contract/language';
import type { SpokenLanguage } from '../../../contract/models';
import { WORDS_OF_AGREEMENT } from './words-of-agreement';

export type Agreement = 'yes' | 'no' | 'unclear';

/** A yes is short: in a longer answer something else is said, too. */
const MAX_WORDS = 24;

/**
 * Whether what a caller said agrees with what was read to them. Only a plain yes does: every word of it is one of
 * agreement, one that changes nothing, or one of the sentence itself ("yes, Monday at ten").
 * @param language a BCP 47 tag
 */
export function judge(said: string, language: string, sentence: string): Agreement {
  const known = wordsIn(language);
  if (known === undefined) return 'unclear';
  const spoken = wordsOf(said, language);
  const read = new Set(wordsOf(sentence, language));
  const has = (list: readonly string[], word: string): boolean => list.some((one) => plain(one) === word);
  if (spoken.some((word) => has(known.no, word))) return 'no';
  if (spoken.length > MAX_WORDS || !spoken.some((word) => has(known.yes, word))) return 'unclear';
  const isPlain = spoken.every((word) => has(known.yes, word) || has(known.besides, word) || read.has(word));
  return isPlain ? 'yes' : 'unclear';
}

/** The share of a sentence's words, 0 to 1, that are among those that were heard. */
export function shareHeard(sentence: string, heard: string, language: string): number {
  const wanted = [...new Set(wordsOf(sentence, language))];
  const words = new Set(wordsOf(heard, language));
  return wanted.length === 0 ? 1 : wanted.filter((word) => words.has(word)).length / wanted.length;
}

/** Whether the sentence is among what was heard: all its words, in their order, and none between them. */
export const isHeardIn = (sentence: string, heard: string, language: string): boolean =>
  ` ${wordsOf(heard, language).join(' ')} `.includes(` ${wordsOf(sentence, language).join(' ')} `);

const wordsIn = (language: string): (typeof WORDS_OF_AGREEMENT)[SpokenLanguage] | undefined =>
  WORDS_OF_AGREEMENT[primaryLanguage(language) as SpokenLanguage];

/** Words, in lower case and without accents. */
function wordsOf(text: string, language: string): string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  // Digits said one by one are written so, or as one number.
  const joined = text
    .normalize('NFC')
    .replaceAll(/(?<!\p{Nd})\p{Nd}(?:[ ,]+\p{Nd}(?!\p{Nd}))+/gu, (digits) => digits.replaceAll(/[ ,]+/g, ''));
  return [...segmenter.segment(joined)].flatMap(({ segment, isWordLike }) =>
    isWordLike === true ? [plain(segment)] : [],
  );
}

/** Accents of Latin letters are left out; the vowel signs of Indian scripts are letters of their own. */
function plain(word: string): string {
  return word
    .normalize('NFD')
    .replaceAll(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
    .replaceAll('’', "'")
    .toLowerCase();
}
