import type { CallRecorder } from '../records';
import type { Clock } from '../time';
import type { WantedKeys } from './built-in/call-actions';
import { wordsForSecret } from './built-in/collect';
import { KeyPresses, wordsForKeys } from './key-presses';

interface PressedKeysOptions {
  readonly clock: Clock;
  /** Types to the model what it may know of the keys. */
  readonly type: (words: string) => void;
  readonly keep: (name: string, digits: string) => void;
  readonly record: Pick<CallRecorder, 'callerSaid' | 'secretAsked'> | undefined;
}

/** Keys of the caller's telephone: told to the model, unless they are a value that only tools may have. */
export class PressedKeys {
  readonly #options: PressedKeysOptions;
  readonly #keys: KeyPresses;
  #wanted: WantedKeys | undefined;

  constructor(options: PressedKeysOptions) {
    this.#options = options;
    this.#keys = new KeyPresses(options.clock, (keys) => this.#onKeys(keys));
  }

  press(keys: string): void {
    this.#keys.press(keys);
  }

  /** The next keys are this, until there are as many as are wanted; undefined: they are told to the model. */
  want(wanted: WantedKeys | undefined): void {
    this.#wanted = wanted;
    this.#options.record?.secretAsked(wanted !== undefined);
  }

  stop(): void {
    this.#keys.stop();
  }

  #onKeys(keys: string): void {
    const { type, keep, record } = this.#options;
    record?.callerSaid(keys, 'keys');
    const wanted = this.#wanted;
    if (wanted === undefined) {
      type(wordsForKeys(keys));
      return;
    }
    const digits = keys.replace(/\D/g, '');
    const isTaken = digits.length >= wanted.least && digits.length <= wanted.most;
    if (isTaken) {
      this.want(undefined);
      keep(wanted.name, digits);
    }
    type(wordsForSecret(wanted, digits.length, isTaken));
  }
}
