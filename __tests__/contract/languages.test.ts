import { primaryLanguage } from '../../contract/language';
import { ALL_PAGES, pageIn } from '../../contract/languages/page';
import { ALL_SPEECH, speechIn } from '../../contract/languages/speech';
import {
  dayOf,
  directionOf,
  spokenDigits,
  spokenList,
  spokenMoment,
  spokenNow,
  spokenNumber,
  spokenSeconds,
} from '../../contract/languages/spoken';
import { DEFAULT_MODEL_ID, languagesOf } from '../../contract/models';
import { seeded } from '../../testbed/random';

const TAGS = languagesOf(DEFAULT_MODEL_ID);
const random = seeded(17);

/** Every text of an object, by its path; of one that takes words, with "7" in their place. */
function textsOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String((value as (...words: string[]) => unknown)('7', '8', '9'))]];
  return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

describe('the texts of a language', () => {
  const english = new Map([...textsOf(ALL_PAGES.en, 'page'), ...textsOf(ALL_SPEECH.en, 'speech')]);
  /** Spelled alike in two languages. */
  const ALIKE = new Set(['No', 'no', 'Agent', 'Conversation', 'Mute']);

  it.each(Object.keys(ALL_SPEECH) as (keyof typeof ALL_SPEECH)[])(
    'are all there, its own, and clean: %s',
    (language) => {
      const texts = [...textsOf(ALL_PAGES[language], 'page'), ...textsOf(ALL_SPEECH[language], 'speech')];
      expect(texts.map(([path]) => path)).toEqual([...english.keys()]);
      for (const [path, text] of texts) {
        expect([path, text]).toEqual([path, text.trim()]);
        expect([path, text]).not.toEqual([path, '']);
        expect([path, text.normalize('NFC')]).toEqual([path, text]);
        // Quotes end the order to the model, and angles would be markup.
        if (path.startsWith('speech')) expect([path, /["<>[\]{}]/.test(text)]).toEqual([path, false]);
        if (language !== 'en' && text === english.get(path))
          expect([path, [...ALIKE].includes(text)]).toEqual([path, true]);
      }
    },
  );

  it('are of the language asked for, whatever its region, and English where there are none: which is said', () => {
    expect(speechIn('de-AT')).toEqual({ texts: ALL_SPEECH.de, tag: 'de-AT', isFallback: false });
    expect(pageIn('HI-in').texts).toBe(ALL_PAGES.hi);
    for (const none of ['ar-EG', 'he', '', 'constructor', 'de_DE', '__proto__', 'x"y']) {
      expect(pageIn(none)).toEqual({ texts: ALL_PAGES.en, tag: 'en', isFallback: true });
    }
  });

  it('are there for every language of the models', () => {
    for (const tag of TAGS) expect([tag, speechIn(tag).isFallback]).toEqual([tag, false]);
    expect(Object.keys(ALL_SPEECH).sort()).toEqual([...new Set(TAGS.map(primaryLanguage))].sort());
  });
});

describe.each(TAGS)('in %s', (tag) => {
  it('any day keeps its year and day of the month, and differs from the days around it', () => {
    for (let times = 0; times < 40; times += 1) {
      const epochDay = Math.floor(random() * 60_000);
      const [before, day, after] = [-1, 0, 1].map((by) =>
        new Date((epochDay + by) * 86_400_000).toISOString().slice(0, 10),
      ) as [string, string, string];
      const spoken = spokenMoment(day, tag) ?? '';
      expect(spoken).toContain(day.slice(0, 4));
      expect(spoken).toMatch(new RegExp(`(?<!\\d)0?${Number(day.slice(8))}(?!\\d)`));
      expect(spoken).not.toContain(day);
      expect(new Set([before, day, after].map((one) => spokenMoment(one, tag))).size).toBe(3);
    }
  });

  it('any time of day keeps its minutes and is told from every other', () => {
    const times = Array.from({ length: 96 }, (_, quarter) => {
      const [hour, minute] = [Math.floor(quarter / 4), (quarter % 4) * 15];
      return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    });
    const spoken = times.map((time) => spokenMoment(time, tag));
    spoken.forEach((words, at) => expect(words).toContain(times[at]?.slice(3)));
    expect(new Set(spoken).size).toBe(times.length);
  });

  it('a day with a time has both, and seconds and lists are words', () => {
    expect(spokenMoment('2026-11-30 09:30', tag)).toBe(
      `${spokenMoment('2026-11-30', tag) ?? ''}, ${spokenMoment('09:30', tag) ?? ''}`,
    );
    expect(spokenMoment('2026-11-30T09:30:00', tag)).toBe(spokenMoment('2026-11-30 09:30', tag));
    expect(spokenSeconds(5, tag)).toMatch(/^5\P{N}+$/u);
    expect(spokenList(['a', 'b', 'c'], tag)).toMatch(/^a, b,? \S+ c$/);
    expect(spokenNow(Date.UTC(2026, 10, 30, 23, 30), tag, 'Europe/Berlin')).toContain('2026');
    expect(spokenNumber(0.5, tag)).toMatch(/^0[.,]5$/);
  });
});

describe('what is no moment', () => {
  it.each(['2026-02-30', '24:00', '9:30', '2026-11-30T09:30:00Z', '2026-11-30 25:00', 'Monday', '', '20261130'])(
    'is left as it is: %s',
    (text) => expect(spokenMoment(text, 'de-DE')).toBeUndefined(),
  );

  it('is no day of the calendar', () => {
    expect(dayOf('2026-13-01')).toBeUndefined();
    expect(dayOf('2028-02-29')?.getUTCDate()).toBe(29);
  });
});

it('moments are said as a German and a Brazilian would', () => {
  expect(spokenMoment('2026-11-30 09:30', 'de-DE')).toBe('Montag, 30. November 2026, 09:30');
  expect(spokenMoment('2026-11-30', 'pt-BR')).toBe('segunda-feira, 30 de novembro de 2026');
  expect(spokenDigits('0471')).toBe('0 4 7 1');
});

it('languages are written from the side from which they are', () => {
  expect(['ar-EG', 'he', 'fa', 'ur-PK', 'ckb', 'az-Arab'].map(directionOf)).toEqual(Array(6).fill('rtl'));
  for (const tag of [...TAGS, 'ja', 'az']) expect(directionOf(tag)).toBe('ltr');
});
