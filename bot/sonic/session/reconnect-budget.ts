export interface ReconnectRules {
  readonly reconnectAttempts: number;
  readonly reconnectWindowMs: number;
  readonly reconnectDelayMs: number;
}

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

  /** Attempts within the window. */
  get attempts(): number {
    return this.#attemptsAtMs.length;
  }

  /** Takes one attempt: the pause before it in ms, or undefined when there is none left. */
  take(nowMs: number): number | undefined {
    const { reconnectAttempts, reconnectWindowMs, reconnectDelayMs } = this.#rules;
    this.#attemptsAtMs = this.#attemptsAtMs.filter((atMs) => nowMs - atMs < reconnectWindowMs);
    const before = this.#attemptsAtMs.length;
    if (before >= reconnectAttempts) return undefined;
    this.#attemptsAtMs.push(nowMs);
    // Jittered down to half: many calls that lost one service must not come back together.
    return reconnectDelayMs * 2 ** before * (0.5 + this.#random() / 2);
  }
}
