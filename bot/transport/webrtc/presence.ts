/** Looks come every 20 ms: only a stalled process or a sleeping machine explains a gap this long between two of them. */
const STALL_MS = 500;

/**
 * Whether a client still shows signs of life. Time during which this process itself stalled does not count: what the client
 * sent meanwhile has yet to be read. Pure: time is an argument.
 */
export class Presence {
  readonly #vanishMs: number;
  #lastSeenMs: number;
  #lastLookMs: number | undefined;

  constructor(vanishMs: number, nowMs: number) {
    this.#vanishMs = vanishMs;
    this.#lastSeenMs = nowMs;
  }

  /** A packet, a message or a ping came. */
  seen(nowMs: number): void {
    this.#lastSeenMs = nowMs;
  }

  /** To be asked regularly: true when nothing has come for too long. */
  hasVanished(nowMs: number): boolean {
    const pauseMs = nowMs - (this.#lastLookMs ?? nowMs);
    this.#lastLookMs = nowMs;
    if (pauseMs > STALL_MS) this.#lastSeenMs = Math.min(nowMs, this.#lastSeenMs + pauseMs);
    return nowMs - this.#lastSeenMs > this.#vanishMs;
  }
}
