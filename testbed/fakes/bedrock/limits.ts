import { TEXTS, validation, type ServiceException } from './exceptions';

/** The service's limits in milliseconds, divided by `timeScale`. */
const LIFETIME_MS = 8 * 60_000;
const IDLE_AUDIO_MS = 55_000;
const IDLE_INPUT_MS = 60_000;

/** Watches how long a stream lives and how long it has heard nothing. Owns no timer: somebody asks `exceeded`. */
export class Limits {
  readonly #timeScale: number;
  readonly #openedAtMs: number;
  #lastInputMs: number;
  #audioOpened = false;

  constructor(nowMs: number, timeScale: number) {
    this.#timeScale = timeScale;
    this.#openedAtMs = nowMs;
    this.#lastInputMs = nowMs;
  }

  /** From here on only audio and interactive content count as input. */
  audioOpened(nowMs: number): void {
    this.#audioOpened = true;
    this.#lastInputMs = nowMs;
  }

  /** Something came in: anything before audio was opened, audio or interactive content after. */
  input(nowMs: number): void {
    this.#lastInputMs = nowMs;
  }

  get waitsForAudio(): boolean {
    return this.#audioOpened;
  }

  /** What the stream must be refused with, if anything. */
  exceeded(nowMs: number): ServiceException | undefined {
    if ((nowMs - this.#openedAtMs) * this.#timeScale >= LIFETIME_MS)
      return { type: 'modelTimeoutException', message: TEXTS.lifetime };
    const idleMs = (nowMs - this.#lastInputMs) * this.#timeScale;
    if (this.#audioOpened) return idleMs >= IDLE_AUDIO_MS ? validation(TEXTS.idleAudio) : undefined;
    return idleMs >= IDLE_INPUT_MS ? validation(TEXTS.idleInput) : undefined;
  }
}
