/*
 * Dates, times, numbers and lists as people of a language say them. All of it is Unicode's (CLDR, in Node and browsers), so
 * a language needs no entry here.
 */

const ISO_DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const CLOCK_TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?$/;
/** A day and a time of somebody's own clock. What names an offset is left as it is: it would have to be converted. */
const DATE_AND_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/;

/** Formats are kept: making one takes as long as a hundred uses. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
  formats.set(key, made);
  return made;
}

/** The day of a text as in `2026-11-30`; undefined for what is no day of the calendar. */
export function dayOf(text: string): Date | undefined {
  if (!ISO_DATE.test(text)) return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? day : undefined;
}

/** A day as the language has it; `full` names the day of the week, which is of no use for a date of birth. */
const spokenDay = (day: Date, language: string, style: 'full' | 'long'): string =>
  format(language, { dateStyle: style }).format(day);

function spokenTime(text: string, language: string): string | undefined {
  const [, hours, minutes] = CLOCK_TIME.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  return format(language, { timeStyle: 'short' }).format(new Date(`1970-01-01T${hours}:${minutes}:00Z`));
}

/**
 * A date, a time of day or both as the language has them: `Monday, 30 November 2026` of `2026-11-30`; undefined for any
 * other text.
 */
export function spokenMoment(text: string, language: string, style: 'full' | 'long' = 'full'): string | undefined {
  const [, date = text, time] = DATE_AND_TIME.exec(text) ?? [];
  const day = dayOf(date);
  if (day === undefined) return time === undefined ? spokenTime(text, language) : undefined;
  const dayWords = spokenDay(day, language, style);
  if (time === undefined) return dayWords;
  const timeWords = spokenTime(time, language);
  return timeWords === undefined ? undefined : `${dayWords}, ${timeWords}`;
}

/** `1,234.5` of 1234.5 in English. @param decimals exactly so many; left out: as many as it has */
export const spokenNumber = (value: number, language: string, decimals?: number): string =>
  new Intl.NumberFormat(language, {
    minimumFractionDigits: decimals ?? 0,
    maximumFractionDigits: decimals ?? 20,
  }).format(value);

/** `a, b, and c`. */
export const spokenList = (items: readonly string[], language: string): string =>
  new Intl.ListFormat(language, { type: 'conjunction' }).format(items);

/** One by one, which is how a number that counts nothing is said: `0 4 7 1` of `0471`. */
export const spokenDigits = (digits: string): string => digits.split('').join(' ');

/** `5 seconds`, `1 second`. */
export const spokenSeconds = (seconds: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(seconds);

/** What a clock and a calendar show in a place, in the language's way. @param timeZone of the IANA database */
export function spokenNow(epochMs: number, language: string, timeZone: string): string {
  const options = { dateStyle: 'full', timeStyle: 'short', timeZone } as const;
  return new Intl.DateTimeFormat(language, options).format(epochMs);
}

/** The language's name in English, as in `German (Germany)`. */
export const languageName = (language: string): string =>
  new Intl.DisplayNames(['en'], { type: 'language', languageDisplay: 'standard' }).of(language) ?? language;

/** Scripts that are written from right to left and in which living languages are. (Unicode, UAX #9) */
const FROM_THE_RIGHT: readonly string[] = [
  'Adlm',
  'Arab',
  'Aran',
  'Hebr',
  'Mand',
  'Nkoo',
  'Rohg',
  'Samr',
  'Syrc',
  'Thaa',
];

/** Which way a language is written. */
export const directionOf = (language: string): 'ltr' | 'rtl' =>
  FROM_THE_RIGHT.includes(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr';
