import type { FakeSession } from './types';

interface Waiter {
  readonly predicate: (session: FakeSession) => boolean;
  resolve(session: FakeSession): void;
  reject(error: Error): void;
}

/** Those who wait for a session to become what they want. */
export class SessionWaiters {
  readonly #waiters = new Set<Waiter>();
  readonly #sessions: () => readonly FakeSession[];
  readonly #changed: () => void;

  constructor(sessions: () => readonly FakeSession[], changed: () => void) {
    this.#sessions = sessions;
    this.#changed = changed;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** The first session that satisfies `predicate`, now or within `timeoutMs`. @throws Error when none does. */
  wait(predicate: (session: FakeSession) => boolean, timeoutMs: number): Promise<FakeSession> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        this.#changed();
      };
      const waiter: Waiter = {
        predicate,
        resolve: (session) => {
          finish();
          resolve(session);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiter.reject(new Error(`No such session within ${timeoutMs} ms`)), timeoutMs);
      this.#waiters.add(waiter);
      this.#changed();
      this.check();
    });
  }

  /** Asks everyone again. */
  check(): void {
    for (const waiter of [...this.#waiters]) {
      const found = this.#sessions().find((session) => waiter.predicate(session));
      if (found !== undefined) waiter.resolve(found);
    }
  }

  /** Nobody needs to wait any more. */
  abandon(): void {
    for (const waiter of [...this.#waiters]) waiter.reject(new Error('The sandbox was closed'));
  }
}
