/** Money for a run, in dollars: a call is only begun where there is enough for it beside those that are under way. */
export class Budget {
  readonly #limitUsd: number;
  #spentUsd = 0;
  #reservedUsd = 0;

  constructor(limitUsd: number) {
    this.#limitUsd = limitUsd;
  }

  get spentUsd(): number {
    return this.#spentUsd;
  }

  /**
   * Sets aside what a call may cost.
   * @param elsewhereUsd what others have spent of the same money
   * @returns false when there is not so much left
   */
  reserve(usd: number, elsewhereUsd = 0): boolean {
    if (this.#spentUsd + elsewhereUsd + this.#reservedUsd + usd > this.#limitUsd) return false;
    this.#reservedUsd += usd;
    return true;
  }

  /** The call is over, and has cost this. */
  settle(reservedUsd: number, actualUsd: number): void {
    this.#reservedUsd = Math.max(0, this.#reservedUsd - reservedUsd);
    this.#spentUsd += actualUsd;
  }
}
