import { BotError } from '../../errors';
import type { Hearing, SessionEnd, SpeechEvents } from '../speech-model';

/** What `open()` waits for. */
export interface Opening {
  onOpened(): void;
  onFailed(error: BotError): void;
}

/** Whom a session tells what happens: `opening` how it came about, then `events`, and nobody after the end. */
export class SessionListener {
  readonly #opening: Opening;
  readonly #events: SpeechEvents;
  #state: 'opening' | 'open' | 'ended' = 'opening';

  constructor(opening: Opening, events: SpeechEvents) {
    this.#opening = opening;
    this.#events = events;
  }

  get hearing(): Hearing {
    return this.#events.hearing;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** No event follows the end. */
  tell(call: (events: SpeechEvents) => void): void {
    if (this.#state !== 'ended') call(this.#events);
  }

  open(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#opening.onOpened();
  }

  end(end: SessionEnd): void {
    const wasOpen = this.isOpen;
    this.leave();
    if (wasOpen) this.#events.onEnd(end);
    else if (end.kind === 'failed') this.#opening.onFailed(end.error);
    else this.#opening.onFailed(new BotError('model_unavailable', 'The session was closed before it was open.'));
  }

  /** Tells nothing more, not even the end. */
  leave(): void {
    this.#state = 'ended';
  }
}
