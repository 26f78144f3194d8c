import { BotError } from '../errors';

/** A start that nobody answers gives up its place after a minute or two; people who do answer need seconds. */
const RETRY_AFTER_SECONDS = 10;

/** Calls that were started and whose caller is not there yet: a caller may have so many, and the other places are for others. */
export class UnansweredStarts {
  readonly #maxPerCaller: number;
  readonly #callerOf = new Map<string, string>();

  /** @param maxPerCaller calls that one caller may have started without being there yet */
  constructor(maxPerCaller: number) {
    this.#maxPerCaller = maxPerCaller;
  }

  /** @throws BotError `too_many_unanswered` */
  admit(callId: string, caller: string): void {
    const unanswered = [...this.#callerOf.values()].filter((one) => one === caller).length;
    if (unanswered >= this.#maxPerCaller) {
      const detail = `You have started ${unanswered} calls and are in none of them yet. Please try again in a moment.`;
      throw new BotError('too_many_unanswered', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.#callerOf.set(callId, caller);
  }

  /** The caller is there, or the call is over. Idempotent. */
  settled(callId: string): void {
    this.#callerOf.delete(callId);
  }
}
