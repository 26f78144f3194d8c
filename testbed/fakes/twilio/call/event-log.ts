import type { CallEvent, CallEventKind, CallEventOf } from '../types';

type Unstamped<E> = E extends unknown ? Omit<E, 'atMs'> : never;

interface Waiter {
  look(): void;
  fail(why: string): void;
}

const WITHIN_MS = 20_000;

/** What happened in a call, and those who wait for more of it. */
export class EventLog {
  readonly all: CallEvent[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #nowMs: () => number;
  #isOver = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(event: Unstamped<CallEvent>): void {
    this.all.push({ ...event, atMs: this.#nowMs() });
    for (const waiter of [...this.#waiters]) waiter.look();
  }

  /** Nothing more will happen: who still waits is told so. */
  end(): void {
    this.#isOver = true;
    for (const waiter of [...this.#waiters]) waiter.fail('before the call ended');
  }

  /** @throws Error with what did not come */
  waitFor<K extends CallEventKind>(
    kind: K,
    options: { fits?: (event: CallEventOf<K>) => boolean; after?: CallEvent | number; timeoutMs?: number } = {},
  ): Promise<CallEventOf<K>> {
    const { fits = () => true, after = -1, timeoutMs = WITHIN_MS } = options;
    const from = typeof after === 'number' ? after + 1 : this.all.indexOf(after) + 1;
    const find = (): CallEventOf<K> | undefined =>
      this.all
        .slice(from)
        .find((event): event is CallEventOf<K> => event.kind === kind && fits(event as CallEventOf<K>));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        look: () => {
          const found = find();
          if (found === undefined) return;
          settle();
          resolve(found);
        },
        fail: (why) => {
          settle();
          const last = this.all.slice(-8).map((event) => event.kind);
          reject(new Error(`no ${kind} ${why}; the last that happened: ${last.join(', ')}`));
        },
      };
      const timer = setTimeout(() => waiter.fail(`within ${timeoutMs} ms`), timeoutMs);
      this.#waiters.add(waiter);
      waiter.look();
      if (this.#isOver && this.#waiters.has(waiter)) waiter.fail('before the call ended');
    });
  }
}
