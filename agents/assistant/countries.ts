import { normalise } from './normalise';

/** A country and its time zones. */
export interface Country {
  /** In English. */
  readonly name: string;
  /** Its time zones, IANA. */
  readonly timeZones: readonly string[];
}

/** Languages in which any country may be named, besides its own. */
const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'nl', 'pt'];

/** What people say and Unicode does not list. */
const MORE_NAMES: Readonly<Record<string, readonly string[]>> = {
  AE: ['uae', 'emirates'],
  CI: ['ivory coast'],
  CZ: ['czech republic'],
  GB: ['great britain', 'britain', 'england', 'scotland', 'wales', 'northern ireland'],
  KR: ['korea', 'republic of korea'],
  NL: ['holland'],
  RU: ['russian federation'],
  TR: ['turkey'],
  US: ['usa', 'united states of america', 'america', 'states'],
};

let codes: ReadonlyMap<string, string> | undefined;

/** The country named in English, in its own language or in another large one. */
export function findCountry(name: string): Country | undefined {
  const code = (codes ??= countryCodes()).get(normalise(name).replace(/^the /, ''));
  if (code === undefined) return undefined;
  const timeZones = timeZonesOf(code);
  return timeZones.length === 0 ? undefined : { name: regionName('en', code) ?? name, timeZones };
}

/** All of Unicode's names, which takes some 50 ms, once. */
function countryCodes(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const regions = regionCodes();
  const add = (name: string | undefined, code: string): void => {
    const key = normalise(name ?? '');
    if (key !== '' && !found.has(key)) found.set(key, code);
  };
  for (const code of regions) {
    for (const name of MORE_NAMES[code] ?? []) add(name, code);
    add(regionName('en', code, 'short'), code);
    add(regionName(new Intl.Locale(`und-${code}`).maximize().language, code), code);
  }
  for (const language of LANGUAGES) for (const code of regions) add(regionName(language, code), code);
  return found;
}

/** Codes that have a name, without those of regions that are no more (DD, SU), which stand for what took their place. */
function regionCodes(): string[] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => regionName('en', code) !== undefined && new Intl.Locale(`und-${code}`).region === code);
}

const displayNames = new Map<string, Intl.DisplayNames>();

function regionName(language: string, code: string, style: 'long' | 'short' = 'long'): string | undefined {
  const key = `${language} ${style}`;
  let names = displayNames.get(key);
  if (names === undefined) {
    names = new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' });
    displayNames.set(key, names);
  }
  return names.of(code);
}

/** ECMA-402's Locale Info proposal: a getter in Node 20, a method later. Slow: some milliseconds a call. */
type LocaleInfo = { readonly timeZones?: readonly string[]; getTimeZones?(): readonly string[] | undefined };

function timeZonesOf(code: string): readonly string[] {
  const locale = new Intl.Locale(`und-${code}`) as LocaleInfo;
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}
