import type { Behaviours } from './behaviours';

/** The model takes note of typed text only when so much audio was fed since the block was opened or text was typed. */
const NEEDED_MS = 68;

/** Decides what becomes of typed text, by the audio that was fed before it. */
export class TypedGate {
  readonly #unfed: Behaviours['typedUnfed'];
  #fedMs = 0;
  #swallowed: string | undefined;

  constructor(unfed: Behaviours['typedUnfed']) {
    this.#unfed = unfed;
  }

  /** A new audio block: nothing has been fed to it. */
  opened(): void {
    this.#fedMs = 0;
  }

  /** Audio came in. @returns text that is noticed only now. */
  fed(ms: number): string | undefined {
    this.#fedMs += ms;
    if (this.#swallowed === undefined || this.#fedMs < NEEDED_MS) return undefined;
    const text = this.#swallowed;
    this.#swallowed = undefined;
    this.#fedMs = 0;
    return text;
  }

  /** @returns whether the text is noticed. */
  admits(text: string): boolean {
    if (this.#unfed === 'answered') return true;
    const enough = this.#fedMs >= NEEDED_MS;
    if (enough) this.#fedMs = 0;
    else if (this.#unfed === 'cured') this.#swallowed = text;
    return enough;
  }
}
