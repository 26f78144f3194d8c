import { watchdogFailure, type StreamFailure } from '../stream/classify';

export interface AnswerRules {
  readonly firstEventMs: number;
  readonly stuckTurnMs: number;
}

/** What must follow on the event that came last: nothing, something more of the answer, or the rest of a block. */
export type Expectation = 'nothing' | 'more-of-turn' | 'rest-of-block';

/** What is wrong: the stream is dead, or the answer seems to have ended without saying so. */
export type Overdue =
  { readonly kind: 'stream-dead'; readonly failure: StreamFailure } | { readonly kind: 'turn-over' };

/**
 * Notices a model that owes something and gives nothing: no event at all after we asked it to speak, or silence in the
 * middle of an answer. A model that nobody asked may be silent for ever, and one that waits for a tool may be too.
 * Silence between two blocks of an answer proves nothing about the stream, only that the answer is over.
 */
export class AnswerWatch {
  readonly #rules: AnswerRules;
  /** Since when something is owed. */
  #owedSinceMs: number | undefined;
  #owed: 'first-event' | Exclude<Expectation, 'nothing'> = 'first-event';

  constructor(rules: AnswerRules) {
    this.#rules = rules;
  }

  /** We asked for an answer. */
  onAsked(nowMs: number): void {
    if (this.#owedSinceMs !== undefined) return;
    this.#owedSinceMs = nowMs;
    this.#owed = 'first-event';
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

  /** Begins to wait anew: a tool's answer was sent, which the model is to speak of. */
  onToolAnswered(nowMs: number): void {
    this.#owedSinceMs = nowMs;
    this.#owed = 'first-event';
  }

  reset(): void {
    this.#owedSinceMs = undefined;
  }

  check(nowMs: number, isToolPending: boolean): Overdue | undefined {
    if (this.#owedSinceMs === undefined || isToolPending) return undefined;
    const { firstEventMs, stuckTurnMs } = this.#rules;
    const limitMs = this.#owed === 'first-event' ? firstEventMs : stuckTurnMs;
    if (nowMs - this.#owedSinceMs < limitMs) return undefined;
    switch (this.#owed) {
      case 'first-event':
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
