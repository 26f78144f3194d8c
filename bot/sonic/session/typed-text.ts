/** Text typed to the model, until it is answered: typed again once where nothing comes of it. No I/O. */
export class TypedText {
  readonly #repeatAfterMs: number;
  #typed: { readonly text: string; readonly atMs: number; readonly isBeingAnswered: boolean } | undefined;

  constructor(repeatAfterMs: number) {
    this.#repeatAfterMs = repeatAfterMs;
  }

  typed(text: string, nowMs: number): void {
    this.#typed = { text, atMs: nowMs, isBeingAnswered: false };
  }

  /** An answer, or a tool that it needs, began: to this, unless it was on its way before. */
  answering(): void {
    if (this.#typed !== undefined) this.#typed = { ...this.#typed, isBeingAnswered: true };
  }

  /** An answer ended. */
  answered(): void {
    if (this.#typed?.isBeingAnswered === true) this.#typed = undefined;
  }

  /** The model cut an answer off and nobody had spoken: it was on its way when the text was typed, which did that. */
  cutOff(nowMs: number): void {
    if (this.#typed?.isBeingAnswered === true) this.typed(this.#typed.text, nowMs);
  }

  /** The caller has spoken, or another stream is asked. */
  settled(): void {
    this.#typed = undefined;
  }

  /** What is to be typed again now. Given once, and not at all while `isBusy`: typed into somebody's speech it would cut that off. */
  takeOverdue(nowMs: number, isBusy: boolean): string | undefined {
    const typed = this.#typed;
    if (typed === undefined || typed.isBeingAnswered || isBusy) return undefined;
    if (nowMs - typed.atMs < this.#repeatAfterMs) return undefined;
    this.#typed = undefined;
    return typed.text;
  }
}
