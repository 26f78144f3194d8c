import type { Clock } from '../../time';
import { Recent } from '../recent';

/** From the end of the ringing to the first sign of the stream. */
const SLACK_MS = 15_000;

/** A call that the carrier is being asked for. */
export interface Dialling {
  /** The carrier has taken it. */
  rings(callSid: string): void;
  /** The carrier has answered, whatever it said. Idempotent. */
  end(): void;
}

/** Calls that the bot makes, from before the carrier is asked until their stream comes: each counts from the first moment. */
export class Ringing {
  readonly #clock: Clock;
  readonly #ringMs: number;
  readonly #onForgotten: (callSid: string) => void;
  readonly #untilMs = new Map<string | symbol, number>();
  /** Word of a call may come before the carrier's answer to the request for it does. */
  readonly #over: Recent;

  /** @param onForgotten nothing was ever heard of a call */
  constructor(clock: Clock, ringMs: number, onForgotten: (callSid: string) => void) {
    this.#clock = clock;
    this.#ringMs = ringMs;
    this.#onForgotten = onForgotten;
    this.#over = new Recent(clock);
  }

  get count(): number {
    const nowMs = this.#clock.nowMs();
    for (const [name, untilMs] of this.#untilMs) {
      if (untilMs >= nowMs) continue;
      this.#untilMs.delete(name);
      if (typeof name === 'string') this.#onForgotten(name);
    }
    return this.#untilMs.size;
  }

  dial(): Dialling {
    const name = Symbol('dialling');
    this.#untilMs.set(name, Infinity);
    return {
      rings: (callSid) => {
        if (!this.#over.has(callSid)) this.#untilMs.set(callSid, this.#clock.nowMs() + this.#ringMs + SLACK_MS);
      },
      end: () => this.#untilMs.delete(name),
    };
  }

  has(callSid: string): boolean {
    return this.#untilMs.has(callSid);
  }

  /** It rings no more: it was answered, or is over. */
  isOver(callSid: string): void {
    this.#over.add(callSid);
    this.#untilMs.delete(callSid);
  }
}
