import type { Clock } from './clock';

type RateLimitOptions = { clock: Clock; burst: number; perSecond: number };

/** A token bucket: `burst` at once, refilled at `perSecond`. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  #tokens: number;
  #refilledAtMs: number;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#refilledAtMs = options.clock.nowMs();
  }

  /** Takes `tokens`, or none and returns false when there are fewer. */
  take(tokens = 1): boolean {
    const nowMs = this.#options.clock.nowMs();
    const refill = ((nowMs - this.#refilledAtMs) * this.#options.perSecond) / 1000;
    this.#tokens = Math.min(this.#options.burst, this.#tokens + refill);
    this.#refilledAtMs = nowMs;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}
