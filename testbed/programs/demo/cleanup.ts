/** What must be stopped in the end, last begun first, however the end comes. */
export class Cleanup {
  readonly #stops: (() => unknown)[] = [];
  #over = false;

  /** @throws Error when the end has come already; `stop` has then been called */
  async add(stop: () => unknown): Promise<void> {
    if (!this.#over) {
      this.#stops.push(stop);
      return;
    }
    await stop();
    throw new Error('too late: the end has come');
  }

  /** Idempotent. What fails to stop does not keep the rest from it. */
  async run(): Promise<void> {
    this.#over = true;
    for (const stop of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        console.error(error);
      }
    }
  }
}
