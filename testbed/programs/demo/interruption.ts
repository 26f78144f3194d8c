/** As a shell says it of a program that Ctrl-C has ended. */
export const EXIT_INTERRUPTED = 130;

/** One Ctrl-C comes several times: from the terminal, from npm and from tsx. */
const ONE_SIGNAL_MS = 1_000;

/** Ctrl-C, or SIGTERM: the first ends the work, so that all is tidied up; a later one ends the program where it is. */
export class Interruption {
  readonly #happens: Promise<never>;
  readonly #onSignal: () => void;
  #happenedMs: number | undefined;

  constructor() {
    let interrupt: (error: Error) => void = () => undefined;
    this.#happens = new Promise<never>((_, reject) => (interrupt = reject));
    this.#happens.catch(() => undefined); // somebody may be waiting, or nobody
    this.#onSignal = () => {
      if (performance.now() - (this.#happenedMs ?? Infinity) > ONE_SIGNAL_MS) process.exit(EXIT_INTERRUPTED);
      this.#happenedMs ??= performance.now();
      interrupt(new Error('interrupted'));
    };
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
  }

  get happened(): boolean {
    return this.#happenedMs !== undefined;
  }

  /** What `work` comes to. @throws Error when it is interrupted first; what is left of the work then goes unheard */
  orElse<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return Promise.race([work, this.#happens]);
  }

  /** Signals do again what they do by themselves. */
  forget(): void {
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
  }
}
