import type { Context } from '../cli/context';
import { lockHolder } from './lock-holder';

/** Printed by terraform once a lock is not to be had at once. */
const WAITING = /^Acquiring state lock/;

/** Tells, of a terraform whose lines are not shown, for whom it waits. */
export class LockWait {
  readonly #context: Context;
  readonly #stack: string;
  #told: Promise<void> | undefined;

  constructor(context: Context, stack: string) {
    this.#context = context;
    this.#stack = stack;
  }

  /** Resolves when whatever there was to tell is told. */
  get told(): Promise<void> {
    return this.#told ?? Promise.resolve();
  }

  /** What `running` comes to, after whatever there was to tell meanwhile is told. */
  async during<T>(running: Promise<T>): Promise<T> {
    try {
      return await running;
    } finally {
      await this.told;
    }
  }

  /** Takes a line of terraform's. */
  readonly see = (line: string): void => {
    if (WAITING.test(line)) this.#told ??= this.#tell();
  };

  async #tell(): Promise<void> {
    const holder = await lockHolder(this.#context, this.#stack);
    if (holder === undefined) return;
    this.#context.progress(`waiting up to five minutes for the lock of the state, held by ${holder}`);
  }
}
