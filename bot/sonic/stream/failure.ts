import { BotError, type ErrorCode } from '../../errors';

/**
 * What to do about a stream that ended: open another, open another with less history, or give the call up.
 * `doubt-input`: the service blames what it was sent, and is often wrong; another is opened a few times, with less and
 * less history, before it is believed.
 */
export type Recovery = 'retry' | 'trim-history' | 'doubt-input' | 'none';

/** Why a stream ended, in words for an operator, and what to do about it. */
export interface StreamFailure {
  readonly error: BotError;
  readonly recovery: Recovery;
}

/** A failure that one of our own watchdogs saw. */
export function watchdogFailure(code: ErrorCode, message: string): StreamFailure {
  return { error: new BotError(code, message), recovery: 'retry' };
}
