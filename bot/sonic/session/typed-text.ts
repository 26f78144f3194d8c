/** Text typed to the model, until it answers: typed again once where it does not. No I/O. */
export class TypedText {
  readonly #repeatAfterMs: number;
  #waiting: { readonly text: string; readonly atMs: number } | undefined;

  constructor(repeatAfterMs: number) {
    this.#repeatAfterMs = repeatAfterMs;
  }

  typed(text: string, nowMs: number): void {
    this.#waiting = { text, atMs: nowMs };
  }

  /** An answer began, or another stream is asked. */
  settled(): void {
    this.#waiting = undefined;
  }

  /** What is to be typed again now. Given once, and not at all while `isBusy`: typed into somebody's speech it would cut that off. */
  takeOverdue(nowMs: number, isBusy: boolean): string | undefined {
    if (this.#waiting === undefined || isBusy || nowMs - this.#waiting.atMs < this.#repeatAfterMs) return undefined;
    const { text } = this.#waiting;
    this.#waiting = undefined;
    return text;
  }
}
