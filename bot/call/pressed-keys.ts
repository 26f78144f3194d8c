import type { CallRecorder } from '../records';
import type { Clock, Timer } from '../time';
import type { WantedKeys } from './built-in/call-actions';
import { wordsForSecret } from './built-in/collect';
import { KeyPresses, wordsForKeys } from './key-presses';

/** Whoever has pressed nothing for so long since they were asked enters no secret: what they say is kept again. */
const HIDDEN_FOR_MS = 60_000;

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
  /** Runs while the caller enters a secret. */
  #hidden: Timer | undefined;
  #hasSpoken = false;

  constructor(options: PressedKeysOptions) {
    this.#options = options;
    this.#keys = new KeyPresses(options.clock, (keys) => this.#onKeys(keys));
  }

  press(keys: string): void {
    if (this.#wanted !== undefined) this.#hide();
    this.#keys.press(keys);
  }

  /** The next keys are this, until there are as many as are wanted; undefined: they are told to the model. */
  want(wanted: WantedKeys | undefined): void {
    this.#wanted = wanted;
    this.#hasSpoken = false;
    if (wanted === undefined) this.#show();
    else this.#hide();
  }

  callerSpoke(): void {
    this.#hasSpoken = true;
  }

  /**
   * The agent calls a tool. Another one than the secret's, once the caller has spoken, is its next step: what they say is
   * kept again. Keys are the secret nevertheless, whenever they come.
   */
  toolUsed(name: string): void {
    if (this.#hasSpoken && name !== this.#wanted?.name) this.#show();
  }

  stop(): void {
    this.#keys.stop();
    this.#hidden?.cancel();
  }

  #hide(): void {
    this.#hidden?.cancel();
    this.#hidden = this.#options.clock.after(HIDDEN_FOR_MS, () => this.#show());
    this.#options.record?.secretAsked(true);
  }

  #show(): void {
    this.#hidden?.cancel();
    this.#hidden = undefined;
    this.#options.record?.secretAsked(false);
  }

  #onKeys(keys: string): void {
    const { type, keep, record } = this.#options;
    const wanted = this.#wanted;
    // The agent may have gone on since they were pressed.
    if (wanted !== undefined) this.#hide();
    record?.callerSaid(keys, 'keys');
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
