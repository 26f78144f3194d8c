/** Text that the live service swallowed is answered when it is typed again. */
const REPEAT_AFTER_MS = 5_000;

/** Text typed to the model, until it answers: typed again once where it does not. No I/O. */
export class TypedText {
  #waiting: { readonly text: string; readonly atMs: number } | undefined;

  typed(text: string, nowMs: number): void {
    this.#waiting = { text, atMs: nowMs };
  }

  /** An answer began, or another stream is asked. */
  settled(): void {
    this.#waiting = undefined;
  }

  /** What is to be typed again now. Given once, and not at all while `isBusy`: typed into somebody's speech it would cut that off. */
  takeOverdue(nowMs: number, isBusy: boolean): string | undefined {
    if (this.#waiting === undefined || isBusy || nowMs - this.#waiting.atMs < REPEAT_AFTER_MS) return undefined;
    const { text } = this.#waiting;
    this.#waiting = undefined;
    return text;
  }
}
