import { createHash } from 'node:crypto';
import { BotError } from '../../errors';
import type { Clock } from '../../time';

const KEPT_MS = 24 * 3_600_000;
const MAX_KEPT = 10_000;

interface Done<T> {
  readonly digest: string;
  readonly result: Promise<T>;
  readonly untilMs: number;
}

/** Requests that may come twice and are done once, by a key that the client made up. */
export class Idempotency<T> {
  readonly #clock: Clock;
  readonly #done = new Map<string, Done<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param run calls `spend` when it cannot be undone from there on
   * @returns what came of the request with this key; one that failed before it was spent may be tried again with it
   * @throws BotError `request_conflict` for another request with the same key, and what `run` rejects with
   */
  once(key: string, request: unknown, run: (spend: () => void) => Promise<T>): Promise<T> {
    const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    const former = this.#done.get(key);
    if (former !== undefined && former.untilMs > this.#clock.nowMs()) {
      if (former.digest === digest) return former.result;
      throw new BotError('request_conflict', 'This Idempotency-Key belongs to another request.');
    }
    let isSpent = false;
    const result = run(() => (isSpent = true));
    this.#done.set(key, { digest, result, untilMs: this.#clock.nowMs() + KEPT_MS });
    const oldest = this.#done.keys().next().value;
    if (this.#done.size > MAX_KEPT && oldest !== undefined) this.#done.delete(oldest);
    result.catch(() => {
      if (!isSpent) this.#done.delete(key);
    });
    return result;
  }
}
