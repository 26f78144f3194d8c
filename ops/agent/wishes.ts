import { createInterface } from 'node:readline/promises';
import { DEFAULT_MODEL_ID, languagesOf, voicesOf } from '../../contract/models';
import type { Context } from '../cli/context';
import { Interrupted } from '../cli/ops-error';

/** What a new agent is to be like. */
export interface Wishes {
  readonly business: string;
  readonly task: string;
  readonly language: string;
  readonly voice: string;
  readonly greeting: string;
}

interface Question {
  readonly wish: keyof Wishes;
  readonly asks: string;
  /** What Enter takes. */
  readonly fallback: (sofar: Partial<Wishes>) => string;
}

const LANGUAGES = languagesOf(DEFAULT_MODEL_ID);

/** Each is an option of the same name, too. */
export const QUESTIONS: readonly Question[] = [
  { wish: 'business', asks: 'For whom does it answer?', fallback: () => 'a small company' },
  { wish: 'task', asks: 'What does it do for callers?', fallback: () => 'answers questions about it' },
  { wish: 'language', asks: `Which language: ${LANGUAGES.join(', ')}?`, fallback: () => 'en-US' },
  {
    wish: 'voice',
    asks: 'Which voice?',
    fallback: ({ language = '' }) => voicesOf(DEFAULT_MODEL_ID, language)[0] ?? 'tiffany',
  },
  {
    wish: 'greeting',
    asks: 'What does it say first?',
    fallback: ({ business = '' }) => `Hello, this is ${business}. How can I help?`,
  },
];

/**
 * What the options say; what they leave out is asked for at a terminal, and otherwise is as a bare Enter would have it.
 * @throws Interrupted
 */
export async function readWishes({ flags, io }: Context): Promise<Wishes> {
  const wishes: Partial<Record<keyof Wishes, string>> = {};
  const asks =
    process.stdin.isTTY && !flags.isSet('json') && QUESTIONS.some(({ wish }) => flags.text(wish) === undefined);
  const terminal = asks
    ? createInterface({ input: process.stdin, output: process.stderr, terminal: false })
    : undefined;
  try {
    for (const { wish, asks: question, fallback } of QUESTIONS) {
      const enter = fallback(wishes);
      const given = flags.text(wish) ?? (await terminal?.question(`${question} [${enter}] `, { signal: io.signal }));
      wishes[wish] = given?.trim() || enter;
    }
    return wishes as Wishes;
  } catch (error) {
    if (io.signal.aborted) throw new Interrupted('Nothing was written.');
    throw error;
  } finally {
    terminal?.close();
  }
}
