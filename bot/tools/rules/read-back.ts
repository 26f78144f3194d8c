import type { Consent } from './confirmation';

/** How an argument stands in the sentence that is read back. */
export function readBack(template: string, args: unknown): string {
  const given = typeof args === 'object' && args !== null ? (args as Record<string, unknown>) : {};
  return template.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => spoken(given[name]));
}

function spoken(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.map(spoken).join(', ');
  if (typeof value === 'object') return Object.values(value).map(spoken).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
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
