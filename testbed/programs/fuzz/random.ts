import { createHash } from 'node:crypto';
import { seeded } from '../../random';

/** What one input is made of. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  /** The randomness of one input: it depends on nothing else, so that an input can be made again by itself. */
  static ofInput(seed: number, target: string, index: number): Random {
    const digest = createHash('sha256').update(`${seed} ${target} ${index}`).digest();
    return new Random(digest.readUInt32LE(0));
  }

  /** A whole number from `least` to `most`. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  /** True in `share` of all cases. */
  chance(share: number): boolean {
    return this.#next() < share;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.integer(0, choices.length - 1)] ?? choices[0];
  }

  /** One of a list that may be empty. */
  pickOf<T>(choices: readonly T[]): T | undefined {
    return choices[this.integer(0, choices.length - 1)];
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.integer(0, 255)));
  }
}
