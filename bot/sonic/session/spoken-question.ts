/** Typed texts whose echo may still come; there are more only when the service echoes none. */
const REMEMBERED_TEXTS = 8;

/**
 * Whether the caller waits for an answer: asked, being answered, or neither. A stream that breaks before the answer is
 * complete leaves the question open, and the next one is asked it again. It also knows what was typed, because the
 * service may give typed text back as if it had been spoken.
 */
export class SpokenQuestion {
  #state: 'none' | 'asked' | 'answering' = 'none';
  #typed: string[] = [];

  get isOpen(): boolean {
    return this.#state !== 'none';
  }

  /** Asked, and no answer has begun. */
  get isAsked(): boolean {
    return this.#state === 'asked';
  }

  asked(): void {
    this.#state = 'asked';
  }

  /** Something was typed in the caller's name. */
  typed(text: string): void {
    this.#state = 'asked';
    this.#typed = [...this.#typed, normal(text)].slice(-REMEMBERED_TEXTS);
  }

  /** Somebody speaks: what is written down next is no echo of what was typed. */
  spoken(): void {
    this.#typed = [];
  }

  /** Whether `text` is what was typed; true once for each typing. */
  isEcho(text: string): boolean {
    const index = this.#typed.indexOf(normal(text));
    if (index < 0) return false;
    this.#typed.splice(index, 1);
    return true;
  }

  answering(): void {
    if (this.#state === 'asked') this.#state = 'answering';
  }

  /** An answer ended or was cut off by the caller; a question asked meanwhile stays open. */
  answered(): void {
    if (this.#state !== 'answering') return;
    this.#state = 'none';
    this.#typed = [];
  }
}

function normal(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
