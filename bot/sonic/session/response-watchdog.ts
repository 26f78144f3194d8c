import type { SonicLimits } from '../limits';
import { watchdogFailure, type StreamFailure } from '../stream/failure';

export type ResponseWatchdogRules = Pick<SonicLimits, 'firstEventMs' | 'stuckTurnMs' | 'starvedMs'>;

/** What the last event leaves due: nothing, an answer, more of it, or the rest of a block. */
export type Expectation = 'nothing' | 'answer' | 'more-of-turn' | 'rest-of-block';

/** What is wrong: the stream is dead, or the answer seems to have ended without saying so. */
export type Overdue =
  { readonly kind: 'stream-dead'; readonly failure: StreamFailure } | { readonly kind: 'turn-over' };

/**
 * Notices a model that owes something and sends nothing: no event after it was asked to speak, or silence in the middle of
 * an answer. A model that was not asked may stay silent, and so may one that waits for a tool.
 * Silence between two blocks of an answer proves nothing about the stream, only that the answer is over.
 */
export class ResponseWatchdog {
  readonly #rules: ResponseWatchdogRules;
  /** Since when something is owed. */
  #owedSinceMs: number | undefined;
  #owed: Exclude<Expectation, 'nothing'> = 'answer';

  constructor(rules: ResponseWatchdogRules) {
    this.#rules = rules;
  }

  /** We asked for an answer. */
  onAsked(nowMs: number): void {
    if (this.#owedSinceMs !== undefined) return;
    this.#owedSinceMs = nowMs;
    this.#owed = 'answer';
  }

  /** Something came. */
  onOutput(nowMs: number, expectation: Expectation): void {
    if (expectation === 'nothing') {
      this.#owedSinceMs = undefined;
      return;
    }
    this.#owedSinceMs = nowMs;
    this.#owed = expectation;
  }

  /** Restarts the wait: a tool's answer was sent, and the model should speak of it. */
  onToolAnswered(nowMs: number): void {
    this.#owedSinceMs = nowMs;
    this.#owed = 'answer';
  }

  reset(): void {
    this.#owedSinceMs = undefined;
  }

  /** `quietForMs`: how long ago the caller heard the last of what had come. */
  check(nowMs: number, isToolPending: boolean, quietForMs = 0): Overdue | undefined {
    if (this.#owedSinceMs === undefined || isToolPending) return undefined;
    const owedForMs = nowMs - this.#owedSinceMs;
    const { firstEventMs, stuckTurnMs, starvedMs } = this.#rules;
    // The model speaks faster than it is heard: a listener who waits in the middle of a sentence waits for nothing.
    const isStarved = this.#owed === 'rest-of-block' && Math.min(owedForMs, quietForMs) >= starvedMs;
    if (!isStarved && owedForMs < (this.#owed === 'answer' ? firstEventMs : stuckTurnMs)) return undefined;
    switch (this.#owed) {
      case 'answer':
        return dead(watchdogFailure('model_silent', 'The model was asked to speak and sent nothing.'));
      case 'rest-of-block':
        return dead(watchdogFailure('model_stalled', 'The model fell silent in the middle of an answer.'));
      case 'more-of-turn':
        return { kind: 'turn-over' };
    }
  }
}

function dead(failure: StreamFailure): Overdue {
  return { kind: 'stream-dead', failure };
}
