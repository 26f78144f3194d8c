import { speechIn } from '../../../contract/languages/speech';
import { spokenList, spokenMoment, spokenNumber } from '../../../contract/languages/spoken';
import type { Consent } from './confirmation';

/** The sentence that is read back: arguments stand in it as the language has them, dates and numbers, too. */
export function readBack(template: string, args: unknown, language: string): string {
  const given = typeof args === 'object' && args !== null ? (args as Record<string, unknown>) : {};
  return template.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => spoken(given[name], language));
}

function spoken(value: unknown, language: string): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'string') return spokenMoment(value, language) ?? value;
  if (typeof value === 'number') return spokenNumber(value, language);
  if (typeof value === 'object') {
    const parts = Object.values(value).map((part) => spoken(part, language));
    return spokenList(parts, language);
  }
  const { yes, no } = speechIn(language).texts;
  return value === true ? yes : no;
}

const EXACTLY = 'Say the sentence in "ask" to the caller word for word and nothing else, then wait for the answer.';
const THEN = 'After a plain yes, call again with exactly the same arguments.';

const TOLD: Readonly<Record<Exclude<Consent['kind'], 'given'>, { readonly error: string; readonly next: string }>> = {
  'to-be-asked': { error: 'Not done yet: the caller has to agree first.', next: `${EXACTLY} ${THEN}` },
  'not-heard': { error: 'Not done yet: the caller has not heard it read back.', next: `${EXACTLY} ${THEN}` },
  'not-answered': { error: 'Not done yet: the caller has not answered.', next: `Wait for the answer. ${THEN}` },
  unclear: { error: 'Not done yet: the answer was no plain yes.', next: `${EXACTLY} ${THEN}` },
  refused: { error: 'Not done: the caller did not agree.', next: 'Ask what they would like instead.' },
};

/** What the model is told of a request that the caller has not agreed to. */
export function unconfirmed(consent: Exclude<Consent, { kind: 'given' }>, sentence: string): string {
  const { error, next } = TOLD[consent.kind];
  const isAsked = consent.kind !== 'refused' && consent.kind !== 'not-answered';
  return JSON.stringify({ error, ...(isAsked ? { ask: sentence } : {}), next });
}
