import type { SonicLimits } from '../limits';

export type ReconnectRules = Pick<SonicLimits, 'openAttempts' | (`reconnect${string}` & keyof SonicLimits)>;

/** How often, and after what pauses, a lost stream may be opened anew. */
export class ReconnectBudget {
  readonly #rules: ReconnectRules;
  /** Between 0 and 1. */
  readonly #random: () => number;
  #attemptsAtMs: number[] = [];

  constructor(rules: ReconnectRules, random: () => number) {
    this.#rules = rules;
    this.#random = random;
  }

  get attempts(): number {
    return this.#attemptsAtMs.length;
  }

  /**
   * Takes one attempt: the pause before it in ms, or undefined when there is none left.
   * @param isOpening nobody has been answered yet: a caller who waits for the first word has less patience
   */
  take(nowMs: number, isOpening = false): number | undefined {
    const { reconnectAttempts, openAttempts, reconnectWindowMs } = this.#rules;
    this.#attemptsAtMs = this.#attemptsAtMs.filter((atMs) => nowMs - atMs < reconnectWindowMs);
    const before = this.#attemptsAtMs.length;
    if (before >= (isOpening ? Math.min(openAttempts, reconnectAttempts) : reconnectAttempts)) return undefined;
    this.#attemptsAtMs.push(nowMs);
    return this.delayMs(before);
  }

  /** The pause before attempt number `before + 1`. */
  delayMs(before: number): number {
    const { reconnectDelayMs, reconnectMaxDelayMs } = this.#rules;
    // Jittered down to half: many calls that lost one service must not come back together.
    return Math.min(reconnectDelayMs * 2 ** before, reconnectMaxDelayMs) * (0.5 + this.#random() / 2);
  }
}
