import type { Candidate } from './signalling';

/** The way that a call's media takes between the caller and the bot, where it is not the straight one. */
export interface MediaPath {
  /** The bot's answer as the caller is to see it. */
  toCaller(answer: string): Promise<string>;
  /** The caller's candidates as the bot is to see them. */
  toBot(candidates: readonly Candidate[]): Promise<readonly Candidate[]>;
}
