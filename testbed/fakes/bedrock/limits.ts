import { DOCUMENTED, type Behaviours } from './behaviours';
import { TEXTS, validation, type ServiceException } from './exceptions';

/** The service's limits in milliseconds, divided by `timeScale`. */
const LIFETIME_MS = 8 * 60_000;
const IDLE_INPUT_MS = 60_000;

type Switches = Pick<Behaviours, 'rules' | 'idle' | 'lifetime'>;

/** Watches how long a stream lives and how long it has heard nothing. Owns no timer: somebody asks `exceeded`. */
export class Limits {
  readonly #timeScale: number;
  readonly #switches: Switches;
  readonly #openedAtMs: number;
  #lastInputMs: number;
  #waitsFor: 'events' | 'audio' = 'events';

  constructor(nowMs: number, timeScale: number, switches: Switches = DOCUMENTED) {
    this.#timeScale = timeScale;
    this.#switches = switches;
    this.#openedAtMs = nowMs;
    this.#lastInputMs = nowMs;
  }

  /** From here on only audio and interactive content count as input. Live, a block counts as open once it is fed. */
  audioOpened(nowMs: number): void {
    this.#lastInputMs = nowMs;
    this.#waitsFor = this.#switches.rules === 'live' ? 'events' : 'audio';
  }

  /** Audio came in. `speech`: more than silence. */
  audio(nowMs: number, speech: boolean): void {
    const first = this.#waitsFor === 'events';
    this.#waitsFor = 'audio';
    if (first || speech || this.#switches.idle !== '295-of-silence') this.#lastInputMs = nowMs;
  }

  /** Something came in: anything before audio was opened, audio or interactive content after. */
  input(nowMs: number): void {
    this.#lastInputMs = nowMs;
  }

  get waitsForAudio(): boolean {
    return this.#waitsFor === 'audio';
  }

  /** What the stream must be refused with, if anything. */
  exceeded(nowMs: number): ServiceException | undefined {
    const { rules, lifetime } = this.#switches;
    if ((nowMs - this.#openedAtMs) * this.#timeScale >= LIFETIME_MS)
      return { type: lifetime, message: rules === 'live' ? TEXTS.lifetimeLive : TEXTS.lifetime };
    const idleMs = (nowMs - this.#lastInputMs) * this.#timeScale;
    if (this.#waitsFor === 'events') return idleMs >= IDLE_INPUT_MS ? validation(TEXTS.idleInput) : undefined;
    const seconds = this.#switches.idle === '55' ? 55 : 295;
    return idleMs >= seconds * 1000 ? validation(idleText(seconds, rules)) : undefined;
  }
}

function idleText(seconds: number, rules: Behaviours['rules']): string {
  const kinds = `audio bytes ${rules === 'live' ? 'and' : 'or'} interactive content`;
  return `Timed out waiting for audio bytes or interactive content. Please ensure gaps between ${kinds} are less than ${seconds} seconds`;
}
