import { watchdogFailure, type StreamFailure } from '../stream/classify';

export interface AnswerRules {
  readonly firstEventMs: number;
  readonly stuckTurnMs: number;
}

/**
 * Notices a model that owes something and gives nothing: no event at all after we asked it to speak, or silence in the
 * middle of an answer. A model that nobody asked may be silent for ever, and one that waits for a tool may be too.
 */
export class AnswerWatch {
  readonly #rules: AnswerRules;
  /** Since when something is owed. */
  #owedSinceMs: number | undefined;
  #owes: 'first-event' | 'rest-of-turn' = 'first-event';

  constructor(rules: AnswerRules) {
    this.#rules = rules;
  }

  /** We asked for an answer. */
  onAsked(nowMs: number): void {
    if (this.#owedSinceMs !== undefined) return;
    this.#owedSinceMs = nowMs;
    this.#owes = 'first-event';
  }

  /** Something came. `isMidTurn`: more must follow. */
  onOutput(nowMs: number, isMidTurn: boolean): void {
    this.#owedSinceMs = isMidTurn ? nowMs : undefined;
    this.#owes = 'rest-of-turn';
  }

  /** Begins to wait anew: a tool's answer was sent, which the model is to speak of. */
  onToolAnswered(nowMs: number): void {
    if (this.#owedSinceMs === undefined) this.#owes = 'first-event';
    this.#owedSinceMs = nowMs;
  }

  reset(): void {
    this.#owedSinceMs = undefined;
  }

  check(nowMs: number, isToolPending: boolean): StreamFailure | undefined {
    if (this.#owedSinceMs === undefined || isToolPending) return undefined;
    const waitedMs = nowMs - this.#owedSinceMs;
    if (this.#owes === 'first-event') {
      return waitedMs < this.#rules.firstEventMs
        ? undefined
        : watchdogFailure('model_silent', 'The model was asked to speak and sent nothing.');
    }
    return waitedMs < this.#rules.stuckTurnMs
      ? undefined
      : watchdogFailure('model_stalled', 'The model fell silent in the middle of an answer.');
  }
}
