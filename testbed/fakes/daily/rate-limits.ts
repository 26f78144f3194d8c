import { ApiError } from './api-error';

interface Window {
  readonly requests: number;
  readonly ms: number;
}

/** 20 a second on average over 5 s; deletions of rooms 2 a second over 30 s. Source: docs.daily.co, rate limits. */
const MOST: Window = { requests: 100, ms: 5_000 };
const DELETIONS: Window = { requests: 50, ms: 30_000 };

/** Daily's limits on its REST API, which are an account's. */
export class RateLimits {
  readonly #most: number[] = [];
  readonly #deletions: number[] = [];

  /** @throws ApiError 429 */
  take(isDeletion: boolean): void {
    const taken = isDeletion ? this.#deletions : this.#most;
    const { requests, ms } = isDeletion ? DELETIONS : MOST;
    const nowMs = Date.now();
    while (taken[0] !== undefined && taken[0] <= nowMs - ms) taken.shift();
    if (taken.length >= requests) throw new ApiError(429, 'rate-limit-error', 'rate limit exceeded');
    taken.push(nowMs);
  }
}
