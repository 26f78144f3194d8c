import { type Clock, RateLimit } from '../time';

/** How much a caller may type, in characters. */
export interface TypedTextLimits {
  readonly perMinute: number;
  readonly perCall: number;
}

/** A text counts for at least so many characters: the model answers a short one, too. */
const LEAST_CHARACTERS = 100;

/** Whether a text may go to the model, or which limit says no. */
export type TypedTextVerdict = 'fits' | 'too-fast' | 'used-up';

/** How much one caller has typed: a rate, as much as a minute's at once, and a total. What is refused is not counted. */
export class TypedTextBudget {
  readonly #rate: RateLimit;
  #left: number;

  constructor({ clock, limits }: { clock: Clock; limits: TypedTextLimits }) {
    this.#rate = new RateLimit({ clock, burst: limits.perMinute, perSecond: limits.perMinute / 60 });
    this.#left = limits.perCall;
  }

  take(text: string): TypedTextVerdict {
    const characters = Math.max(LEAST_CHARACTERS, text.length);
    if (characters > this.#left) return 'used-up';
    if (!this.#rate.take(characters)) return 'too-fast';
    this.#left -= characters;
    return 'fits';
  }
}
