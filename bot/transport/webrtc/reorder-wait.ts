/** A hole is waited for at least for one usual packet's time, and never longer than a word can be held up. */
const MIN_WAIT_MS = 20;
export const MAX_WAIT_MS = 300;

const BUCKET_MS = 10;
const BUCKETS = MAX_WAIT_MS / BUCKET_MS;
/** A percent of packets given up weighs as much as 20 ms of delay: NetEQ's price (`ms_per_loss_percent`). */
const LOSS_PRICE_MS = 2_000;
/** Waits whose costs differ by less are as good as each other: the shorter is taken, so that a calm line forgets. */
const INDIFFERENCE_MS = 1;
/** How far back the line is remembered; until so much was heard, all of it counts alike. */
const MEMORY_MS = 10_000;

/**
 * Learns from a line how long a missing packet is worth waiting for, as NetEQ's delay manager does for reordered ones:
 * a histogram, with forgetting, of how much later than its first successor each packet came, and of those that never
 * did. The wait is the one with the least cost: the delay of all holes that outlast it, and the price of what is lost.
 * A lossy line in good order is thus not waited for, and one that reorders is.
 */
export class ReorderWait {
  /** Shares of packets that came up to `(index + 1) * BUCKET_MS` late. Those in order are the rest of the whole. */
  readonly #shares = new Float64Array(BUCKETS);
  #neverShare = 0;
  #heardMs = 0;
  #weight = 1;
  #waitMs: number | undefined = MIN_WAIT_MS;

  /** How long a hole is worth waiting for, from when a later packet showed it: 20–300 ms. */
  get ms(): number {
    return (this.#waitMs ??= this.#cheapest());
  }

  /** A packet came, `lateMs` after the first that should have come later; 0 when in order. `packetMs`: its length. */
  arrived(lateMs: number, packetMs: number): void {
    this.#forget(packetMs);
    if (lateMs > 0) this.#count(lateMs);
  }

  /** A packet was given up. */
  givenUp(packetMs: number): void {
    this.#forget(packetMs);
    this.#neverShare += this.#weight;
  }

  /** A packet that had been given up came after all. */
  cameAfterAll(lateMs: number): void {
    this.#neverShare = Math.max(0, this.#neverShare - this.#weight);
    this.#count(lateMs);
  }

  #forget(packetMs: number): void {
    this.#heardMs = Math.min(MEMORY_MS, this.#heardMs + packetMs);
    this.#weight = packetMs / this.#heardMs;
    for (let index = 0; index < BUCKETS; index += 1) {
      this.#shares[index] = (this.#shares[index] ?? 0) * (1 - this.#weight);
    }
    this.#neverShare *= 1 - this.#weight;
    this.#waitMs = undefined;
  }

  #count(lateMs: number): void {
    const index = Math.ceil(lateMs / BUCKET_MS) - 1;
    if (index >= BUCKETS) this.#neverShare += this.#weight;
    else this.#shares[index] = (this.#shares[index] ?? 0) + this.#weight;
    this.#waitMs = undefined;
  }

  #cheapest(): number {
    let lostShare = this.#neverShare;
    let bestMs = MAX_WAIT_MS;
    let leastCostMs = (MAX_WAIT_MS + LOSS_PRICE_MS) * lostShare;
    for (let waitMs = MAX_WAIT_MS - BUCKET_MS; waitMs >= MIN_WAIT_MS; waitMs -= BUCKET_MS) {
      lostShare += this.#shares[waitMs / BUCKET_MS] ?? 0;
      const costMs = (waitMs + LOSS_PRICE_MS) * lostShare;
      if (costMs > leastCostMs + INDIFFERENCE_MS) continue;
      bestMs = waitMs;
      leastCostMs = Math.min(leastCostMs, costMs);
    }
    return bestMs;
  }
}
