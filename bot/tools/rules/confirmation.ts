import { judge, shareHeard } from './agreement';

/** Where a request that needs the caller's yes stands. */
export type Consent =
  | { readonly kind: 'given' }
  /** Nothing was read back yet, or of other arguments. */
  | { readonly kind: 'to-be-asked' }
  /** The caller has not heard the sentence to its end. */
  | { readonly kind: 'not-heard' }
  /** They have, and have said nothing since. */
  | { readonly kind: 'not-answered' }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'refused' };

interface Asked {
  readonly request: string;
  readonly sentence: string;
  readonly language: string;
  /** What the caller has heard since it was asked for. */
  heard: string;
  /** The end of it: since the caller last spoke. */
  heardSince: string;
  /** What the caller said after they had heard the sentence. */
  said: string;
}

/** Numbers and dates are written in many ways, so not every word of the sentence need be found in what was heard. */
const MIN_SHARE_HEARD = 0.6;
/** What was heard is looked at from its end: a sentence that other talk has followed is not what a yes answers. */
const TAIL_FACTOR = 2;
const TAIL_CHARS = 60;

/**
 * The caller's consent to one request at a time. Only what the caller was heard to say, after they have heard exactly this
 * request read back, can give it; no text of a model, result or variable comes in here.
 */
export class Confirmation {
  #asked: Asked | undefined;

  /** The caller said, or typed, this. */
  callerSaid(words: string): void {
    const asked = this.#asked;
    // Words from before the sentence was heard answer something else.
    if (asked === undefined || !hasHeard(asked, asked.heard)) return;
    asked.said += ` ${words}`;
    asked.heardSince = '';
  }

  /** The caller has heard this of the bot. */
  botHeard(words: string): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    asked.heard += ` ${words}`;
    asked.heardSince += ` ${words}`;
    if (asked.said === '' || !hasHeard(asked, asked.heardSince)) return;
    // It was read back once more, so what was said before answers nothing.
    asked.heard = asked.heardSince;
    asked.said = '';
  }

  /**
   * The model asks to run `request`; one that is not the request that was last asked about takes its place.
   * @param request names the tool and its exact arguments
   * @param sentence what is read back
   */
  of(request: string, sentence: string, language: string): Consent {
    const asked = this.#asked;
    if (asked?.request !== request) {
      this.#asked = { request, sentence, language, heard: '', heardSince: '', said: '' };
      return { kind: 'to-be-asked' };
    }
    if (!hasHeard(asked, asked.heard)) return this.#again(asked, { kind: 'not-heard' });
    if (asked.said === '') return { kind: 'not-answered' };
    const agreement = judge(asked.said, language, sentence);
    if (agreement === 'unclear') return this.#again(asked, { kind: 'unclear' });
    this.#asked = undefined;
    return agreement === 'yes' ? { kind: 'given' } : { kind: 'refused' };
  }

  /** It is asked for once more, and everything until now answers nothing. */
  #again(asked: Asked, consent: Consent): Consent {
    this.#asked = { ...asked, heard: '', heardSince: '', said: '' };
    return consent;
  }
}

/** Whether the end of what was heard holds the sentence. */
function hasHeard({ sentence, language }: Asked, heard: string): boolean {
  const tail = heard.slice(-(sentence.length * TAIL_FACTOR + TAIL_CHARS));
  return shareHeard(sentence, tail, language) >= MIN_SHARE_HEARD;
}
