import type { TextRole } from './rules';

export interface Remembered {
  readonly role: 'USER' | 'ASSISTANT';
  readonly text: string;
}

/**
 * What one stream knows of the call: the history it was sent and what has been said on it since. Another stream of the
 * same call knows nothing of it but what its own history tells.
 */
export class Memory {
  readonly #messages: Remembered[] = [];
  #prompt = '';

  add(role: TextRole, text: string): void {
    if (role !== 'SYSTEM') this.#messages.push({ role, text });
    else this.#prompt = `${this.#prompt} ${text}`.trim();
  }

  /** The system prompt. */
  get prompt(): string {
    return this.#prompt;
  }

  /** What the caller said last, and the bot's words since. */
  get lastExchange(): { readonly question: string; readonly said: string } | undefined {
    const at = this.#messages.findLastIndex(({ role }) => role === 'USER');
    const question = this.#messages[at]?.text;
    if (question === undefined) return undefined;
    const said = this.#messages.slice(at + 1).map(({ text }) => text);
    return { question, said: said.join(' ') };
  }

  /** What the caller last told of "my <thing>": "my code word is heron" → heron. */
  recall(thing: string): string | undefined {
    const told = this.#messages.flatMap(({ role, text }) => (role === 'USER' ? findFacts(text) : []));
    return told.findLast((fact) => fact.thing === thing.toLowerCase())?.is;
  }
}

export interface Fact {
  readonly thing: string;
  readonly is: string;
}

/** Statements of the form "my code word is heron". */
export function findFacts(text: string): Fact[] {
  return [...text.matchAll(/\bmy ([a-z]+(?: [a-z]+)?) is (?!.*\?)([^.,!?]+)/gi)].map(([, thing = '', is = '']) => ({
    thing: thing.toLowerCase(),
    is: is.trim(),
  }));
}
