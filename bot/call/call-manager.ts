import { BotError } from '../errors';
import type { Clock, Timer } from '../time/clock';
import type { Call } from './call';

/** A client that got a session has this long to send its offer. */
const OFFER_WITHIN_MS = 60_000;
/** While draining, only this long: an honest client sends its offer within a second. */
const OFFER_WITHIN_DRAINING_MS = 5_000;
/** When to try again after a refusal, in seconds: a place is free when some call ends. */
const RETRY_WHEN_FULL_SECONDS = 10;
const RETRY_WHEN_DRAINING_SECONDS = 1;

type Entry = { readonly kind: 'reserved'; readonly timer: Timer } | { readonly kind: 'live'; readonly call: Call };

/**
 * Which calls there are, and whether one more may come: a call is refused when all places are taken, never queued,
 * because a caller who waits for a ring tone has gone.
 */
export class CallManager {
  readonly maxCalls: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #onEmpty = new Set<() => void>();
  readonly #onFreed: (id: string) => void;
  #draining = false;

  /** `onFreed` hears of every place that is free again. */
  constructor(options: { clock: Clock; maxCalls: number; onFreed?: (id: string) => void }) {
    this.#clock = options.clock;
    this.#onFreed = options.onFreed ?? (() => undefined);
    this.maxCalls = options.maxCalls;
  }

  /** Places taken: calls, and those about to begin. */
  get size(): number {
    return this.#entries.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  get calls(): Call[] {
    return [...this.#entries.values()].flatMap((entry) => (entry.kind === 'live' ? [entry.call] : []));
  }

  /** Whether `id` was reserved and waits for its call. */
  isReserved(id: string): boolean {
    return this.#entries.get(id)?.kind === 'reserved';
  }

  /** @throws BotError `not_found` */
  get(id: string): Call {
    const entry = this.#entries.get(id);
    if (entry?.kind !== 'live') throw new BotError('not_found', 'There is no such call.');
    return entry.call;
  }

  /**
   * Takes a place for the call `id`, and gives it up after a minute unless `begin` comes.
   * @throws BotError `draining`, `at_capacity`
   */
  reserve(id: string): void {
    if (this.#draining) throw aboutToStop();
    if (this.#entries.size >= this.maxCalls) {
      const retryAfterSeconds = RETRY_WHEN_FULL_SECONDS;
      throw new BotError('at_capacity', 'All lines are busy. Please try again in a moment.', { retryAfterSeconds });
    }
    this.#hold(id, OFFER_WITHIN_MS);
  }

  /** The call that the place was reserved for has begun. */
  begin(call: Call): void {
    const entry = this.#entries.get(call.id);
    if (entry?.kind === 'reserved') entry.timer.cancel();
    this.#entries.set(call.id, { kind: 'live', call });
  }

  /** Frees the place of a call that is over, or that never began. */
  release(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.kind === 'reserved') entry.timer.cancel();
    this.#remove(id);
  }

  /** Takes no new call from here on; who has just been promised a place still gets it. Idempotent. */
  stopAccepting(): void {
    if (this.#draining) return;
    this.#draining = true;
    for (const [id, entry] of [...this.#entries]) {
      if (entry.kind !== 'reserved') continue;
      entry.timer.cancel();
      this.#hold(id, OFFER_WITHIN_DRAINING_MS);
    }
  }

  /** Frees the places that no call has begun in. */
  releaseReserved(): void {
    for (const [id, entry] of [...this.#entries]) if (entry.kind === 'reserved') this.release(id);
  }

  /** Resolves when no call is left. */
  whenEmpty(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.add(resolve));
  }

  #hold(id: string, forMs: number): void {
    this.#entries.set(id, { kind: 'reserved', timer: this.#clock.after(forMs, () => this.#remove(id)) });
  }

  #remove(id: string): void {
    if (this.#entries.delete(id)) this.#onFreed(id);
    if (this.#entries.size > 0) return;
    for (const resolve of this.#onEmpty) resolve();
    this.#onEmpty.clear();
  }
}

export function aboutToStop(): BotError {
  const retryAfterSeconds = RETRY_WHEN_DRAINING_SECONDS;
  return new BotError('draining', 'This server is about to stop. Please try again.', { retryAfterSeconds });
}
