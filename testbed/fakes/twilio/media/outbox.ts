interface Posted {
  readonly text: string;
  readonly dueMs: number;
}

/** Media messages on their way over the network: late ones hold back those behind them, as TCP does. */
export class Outbox {
  readonly #send: (text: string) => void;
  readonly #waiting: Posted[] = [];
  #held: Posted | undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  put({
    text,
    dueMs,
    reorders,
    duplicates,
  }: Posted & { readonly reorders: boolean; readonly duplicates: boolean }): void {
    const posted = { text, dueMs };
    if (reorders && this.#held === undefined) {
      this.#held = posted;
      return;
    }
    this.#waiting.push(posted, ...(duplicates ? [posted] : []));
    if (this.#held !== undefined) this.#waiting.push(this.#held);
    this.#held = undefined;
  }

  /** Sends what is due, in order. */
  flush(nowMs: number): void {
    for (let [posted] = this.#waiting; posted !== undefined && posted.dueMs <= nowMs; [posted] = this.#waiting) {
      this.#waiting.shift();
      this.#send(posted.text);
    }
  }
}
