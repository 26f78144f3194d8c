import type { Clock, Timer } from '../time';

/** Who presses nothing for so long has pressed all there was to press. */
const DONE_AFTER_MS = 2_000;
const DONE = '#';
/** More than any number has: so many are told at once. */
const MAX_KEYS = 32;

/** Gathers keys of a telephone that come one by one, and tells them together: after `#`, a pause, or 32. */
export class KeyPresses {
  readonly #clock: Clock;
  readonly #onKeys: (keys: string) => void;
  #keys = '';
  #timer: Timer | undefined;

  constructor(clock: Clock, onKeys: (keys: string) => void) {
    this.#clock = clock;
    this.#onKeys = onKeys;
  }

  press(keys: string): void {
    this.#keys += keys;
    this.#timer?.cancel();
    if (this.#keys.endsWith(DONE) || this.#keys.length >= MAX_KEYS) this.#tell();
    else this.#timer = this.#clock.after(DONE_AFTER_MS, () => this.#tell());
  }

  /** What was gathered is told nobody. */
  stop(): void {
    this.#timer?.cancel();
    this.#keys = '';
  }

  #tell(): void {
    const keys = this.#keys.slice(0, MAX_KEYS);
    this.#keys = '';
    this.#onKeys(keys);
  }
}

/** How the model is told of keys. */
export function wordsForKeys(keys: string): string {
  return `The caller pressed these keys of the telephone: ${keys.split('').join(' ')}`;
}
