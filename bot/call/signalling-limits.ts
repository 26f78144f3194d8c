import { BotError } from '../errors';
import { type Clock, RateLimit } from '../time';

/* A client sends an offer at its start and a few when its network changes, and a dozen candidates after each. */
const BURST = 100;
const PER_SECOND = 5;
/** In messages of candidates: a connection made anew is dearer than an addition to one. */
const COSTS = { offer: 10, candidates: 1 } as const;
/** Beyond that the oldest are forgotten, so that made-up sessions cannot fill the memory. */
const MAX_REMEMBERED = 2000;

/** How much signalling one session, or one connection without, may do. */
export class SignallingLimits {
  readonly #clock: Clock;
  readonly #limits = new Map<string, RateLimit>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws BotError `rate_limited` */
  take(of: string, what: keyof typeof COSTS): void {
    const cost = COSTS[what];
    if (this.#limitOf(of).take(cost)) return;
    const retryAfterSeconds = Math.ceil(cost / PER_SECOND);
    const detail = `Too much signalling for one call. Try again in ${retryAfterSeconds} s.`;
    throw new BotError('rate_limited', detail, { retryAfterSeconds });
  }

  #limitOf(of: string): RateLimit {
    const known = this.#limits.get(of);
    if (known !== undefined) return known;
    const limit = new RateLimit({ clock: this.#clock, burst: BURST, perSecond: PER_SECOND });
    this.#limits.set(of, limit);
    const oldest = this.#limits.keys().next().value;
    if (this.#limits.size > MAX_REMEMBERED && oldest !== undefined) this.#limits.delete(oldest);
    return limit;
  }
}
