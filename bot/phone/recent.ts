import type { Clock } from '../time';

/** Offers live for 30 s, and a carrier asks what next within seconds. */
const REMEMBERED_MS = 60_000;
/** More is a flood, of which the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

/** Names that were seen a moment ago; bounded, and forgotten by age. */
export class Recent {
  readonly #clock: Clock;
  readonly #rememberedMs: number;
  readonly #seenAtMs = new Map<string, number>();

  constructor(clock: Clock, rememberedMs = REMEMBERED_MS) {
    this.#clock = clock;
    this.#rememberedMs = rememberedMs;
  }

  /** @returns whether it is new */
  add(name: string): boolean {
    const isNew = !this.has(name);
    this.#seenAtMs.delete(name);
    this.#seenAtMs.set(name, this.#clock.nowMs());
    for (const [oldest, atMs] of this.#seenAtMs) {
      if (this.#seenAtMs.size <= MAX_REMEMBERED && this.#clock.nowMs() - atMs <= this.#rememberedMs) break;
      this.#seenAtMs.delete(oldest);
    }
    return isNew;
  }

  has(name: string): boolean {
    const atMs = this.#seenAtMs.get(name);
    return atMs !== undefined && this.#clock.nowMs() - atMs <= this.#rememberedMs;
  }
}
