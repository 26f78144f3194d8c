import type { Clock, Timer } from '../../bot/time/clock';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly fn: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in order, each at its own moment. */
export class FakeClock implements Clock {
  #nowMs = 1_000;
  #order = 0;
  readonly #pending = new Set<Pending>();

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  after(delayMs: number, fn: () => void): Timer {
    const pending: Pending = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fn };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** Timers not yet fired nor cancelled: 0 means that nothing was left behind. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Lets `ms` pass, firing what falls due on the way. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#pending]
        .filter((p) => p.dueMs <= endMs)
        .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fn();
    }
    this.#nowMs = endMs;
  }

  /** As `advance`, in steps, letting promises settle after each: for logic that awaits. */
  async advanceAsync(ms: number, stepMs = 20): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.advance(Math.min(stepMs, left));
      await settle();
    }
  }

  /** A stalled event loop: time passes, nothing fires until the next `advance`. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Lets promises that are ready run their continuations. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}
