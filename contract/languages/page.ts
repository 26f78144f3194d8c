import type { SpokenLanguage } from '../models';
import { PAGE as de } from './de';
import { PAGE as en } from './en';
import { PAGE as es } from './es';
import { PAGE as fr } from './fr';
import { PAGE as hi } from './hi';
import { inLanguage, type InLanguage } from './in-language';
import { PAGE as it } from './it';
import type { PageTexts } from './page-texts';
import { PAGE as pt } from './pt';

export const ALL_PAGES: Readonly<Record<SpokenLanguage, PageTexts>> = { en, de, es, fr, hi, it, pt };

/** What the page shows in a language, or in English where there are no texts of it. @param tag BCP 47 */
export const pageIn = (tag: string): InLanguage<PageTexts> => inLanguage(ALL_PAGES, tag);
