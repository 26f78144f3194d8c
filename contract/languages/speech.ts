import type { SpokenLanguage } from '../models';
import { SPEECH as de } from './de';
import { SPEECH as en } from './en';
import { SPEECH as es } from './es';
import { SPEECH as fr } from './fr';
import { SPEECH as hi } from './hi';
import { inLanguage, type InLanguage } from './in-language';
import { SPEECH as it } from './it';
import { SPEECH as pt } from './pt';
import type { SpeechTexts } from './speech-texts';

export const ALL_SPEECH: Readonly<Record<SpokenLanguage, SpeechTexts>> = { en, de, es, fr, hi, it, pt };

/** What the bot says and shows in a language, or in English where there are no texts of it. @param tag BCP 47 */
export const speechIn = (tag: string): InLanguage<SpeechTexts> => inLanguage(ALL_SPEECH, tag);
