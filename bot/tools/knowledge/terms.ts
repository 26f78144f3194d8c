import { primaryLanguage } from '../../../contract/language';
import { STOP_WORDS } from './stop-words';

/** Snowball's names of languages; in one that it does not know, words are looked for as they are. */
const STEMMED: Readonly<Record<string, string>> = {
  en: 'english',
  de: 'german',
  fr: 'french',
  es: 'spanish',
  it: 'italian',
  pt: 'portuguese',
};

/** How texts of a language become what is looked for. */
export interface Terms {
  readonly words: (text: string) => string[];
  /** A word's stem; null for one that says nothing. */
  readonly term: (word: string) => string | null;
}

/** @param language a BCP 47 tag */
export async function termsOf(language: string): Promise<Terms> {
  const short = primaryLanguage(language);
  const stopWords = STOP_WORDS[short] ?? new Set<string>();
  const algorithm = STEMMED[short];
  const stemmer = algorithm === undefined ? undefined : await stemmerOf(algorithm);
  const known = new Map<string, string | null>();
  const made = (word: string): string | null => {
    const lower = word.toLowerCase();
    const plain = lower
      .normalize('NFD')
      .replaceAll(/(?<=\p{Script=Latin})\p{M}+/gu, '')
      .normalize('NFC');
    if (stopWords.has(plain)) return null;
    return (
      stemmer
        ?.stem(lower)
        .normalize('NFD')
        .replaceAll(/(?<=\p{Script=Latin})\p{M}+/gu, '') ?? plain
    );
  };
  return {
    words: (text) => text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [],
    term: (word) => {
      let term = known.get(word);
      if (term === undefined) {
        term = made(word);
        // As many words as a folder has, and what callers ask for; never more.
        if (known.size < 200_000) known.set(word, term);
      }
      return term;
    },
  };
}

async function stemmerOf(algorithm: string) {
  const loaded = await import('snowball-stemmers');
  const newStemmer = loaded.default?.newStemmer ?? loaded.newStemmer;
  return newStemmer?.(algorithm);
}
