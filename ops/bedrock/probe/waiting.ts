import type { Clock } from '../../../bot/time';

interface Waiter {
  /** Settles it, where what it waits for has happened. */
  check(): void;
  fail(error: Error): void;
}

/** Those who wait for something to become true of a stream, each with a limit of its own. */
export class Waiting {
  readonly #clock: Clock;
  readonly #end: () => Error | undefined;
  readonly #waiters = new Set<Waiter>();

  /** @param end why nobody need wait any longer, as soon as that is so */
  constructor(clock: Clock, end: () => Error | undefined) {
    this.#clock = clock;
    this.#end = end;
  }

  /**
   * What `find` gives as soon as it gives something; undefined when it has not within the time.
   * @throws what `end` gives, or `fail` was given
   */
  until<T>(find: () => T | undefined, withinMs: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        timer.cancel();
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        check: () => {
          const found = find();
          const end = found === undefined ? this.#end() : undefined;
          if (found === undefined && end === undefined) return;
          settled();
          if (end === undefined) resolve(found);
          else reject(end);
        },
        fail: (error) => {
          settled();
          reject(error);
        },
      };
      const timer = this.#clock.after(withinMs, () => {
        settled();
        resolve(undefined);
      });
      this.#waiters.add(waiter);
      waiter.check();
    });
  }

  /** Something has happened: asks everyone again. */
  check(): void {
    for (const waiter of [...this.#waiters]) waiter.check();
  }

  /** Nobody waits any longer. */
  fail(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }
}
