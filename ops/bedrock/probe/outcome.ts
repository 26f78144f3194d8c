import type { BotError } from '../../../bot/errors';

/** How a stream ended that was not closed from here. */
export interface Ending {
  /** The exception's name, or a word for the connection's end. */
  readonly name: string;
  /** In the service's words. */
  readonly text: string;
  /** As the bot's client classifies it. */
  readonly error?: BotError;
  readonly atMs: number;
}

/** A stream ended while something else was awaited on it. */
export class Ended extends Error {
  override readonly name = 'Ended';

  constructor(readonly ending: Ending) {
    super(`the stream ended: ${quoted(ending)}`);
  }
}

/** The model did not answer. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(readonly came: readonly string[]) {
    const kinds = [...new Set(came)].join(', ');
    super(
      kinds === '' ? 'the model said nothing, not even usageEvent' : `the model did not answer; only ${kinds} came`,
    );
  }
}

export function quoted({ name, text }: Ending): string {
  return text === '' ? name : `${name} "${text}"`;
}

/** What goes wrong by itself, and passes, by the service's words. */
const TROUBLES: readonly (readonly [RegExp, string])[] = [
  [/system instability detected/i, 'instability'],
  [/unexpected error during processing/i, 'unexpected-error'],
  [/invalid input request/i, 'invalid-input'],
  [/content filter/i, 'content-filter'],
  [/RST_STREAM closed stream/i, 'reset-531'],
];

/** The trouble that an ending is a sign of; undefined: none that is known to pass. */
export function troubleOf({ name, text }: Ending, hasHistory: boolean): string | undefined {
  const known = TROUBLES.find(([words]) => words.test(text))?.[1];
  if (known === 'content-filter' && hasHistory) return 'filter-after-history';
  if (known !== undefined) return known;
  return name === 'connection' ? 'premature-close' : undefined;
}

/** How the words before the text of a refusal look. */
export function prefixOf(text: string): string {
  if (/^RequestId=/.test(text)) return 'request-id';
  if (/^InternalErrorCode=/.test(text)) return 'error-code';
  return /^Error\(s\):/.test(text) ? 'error-list' : 'none';
}

/** What no switch of the stand-in does. */
export const OTHER = 'something else';
