import { primaryLanguage } from '../language';
import type { SpokenLanguage } from '../models';

/** The texts of a language, or English ones where there are none. */
export interface InLanguage<Texts> {
  readonly texts: Texts;
  /** What the texts are in, as a BCP 47 tag: the one that was asked for, with its region, or `en`. */
  readonly tag: string;
  /** The language asked for has no texts: whoever starts the bot, or reads the page, is told in English. */
  readonly isFallback: boolean;
}

const FALLBACK: SpokenLanguage = 'en';

/** @param tag BCP 47; whatever is none has no texts */
export function inLanguage<Texts>(all: Readonly<Record<SpokenLanguage, Texts>>, tag: string): InLanguage<Texts> {
  const language = primaryLanguage(tag);
  const isFallback = !isTag(tag) || !Object.hasOwn(all, language);
  const found = isFallback ? FALLBACK : (language as SpokenLanguage);
  return { texts: all[found], tag: isFallback ? FALLBACK : tag, isFallback };
}

function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
