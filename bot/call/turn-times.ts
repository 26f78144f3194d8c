import type { Clock } from '../time';

/** Where the time between the caller's last word and the bot's first sound went. */
export interface AnswerParts {
  /** Until the model took the turn to be over and began to answer. */
  readonly endpointingMs: number;
  /** Until its first audio came in. */
  readonly modelMs: number;
  /** Until the first of it was on its way to the caller. */
  readonly playoutMs: number;
}

/** An answer as far as it is known when the bot begins to be heard. */
export interface AnswerTimes {
  /** Since the caller was last heard; undefined when the bot speaks unasked. */
  readonly answerMs: number | undefined;
  /** The parts of `answerMs`; undefined where one of them was not seen. */
  readonly parts: AnswerParts | undefined;
}

/** A turn that is over. `lastedMs` is from the caller's last word, or else from the bot's first sound. */
export interface TurnOver extends AnswerTimes {
  readonly lastedMs: number;
}

/**
 * When the moments of one turn were: the caller's last word, the model's beginning, its first audio, the bot's first
 * sound, its last. Moments may come in any order or not at all; what does not fit is left out rather than guessed.
 */
export class TurnTimes {
  readonly #clock: Clock;
  #voicedMs: number | undefined;
  #modelStartedMs: number | undefined;
  #modelAudioMs: number | undefined;
  #heard: (AnswerTimes & { readonly sinceMs: number }) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  callerVoiced(): void {
    this.#voicedMs = this.#clock.nowMs();
    // What the model began before this was no answer to it.
    this.#modelStartedMs = undefined;
    this.#modelAudioMs = undefined;
  }

  modelStarted(): void {
    this.#modelStartedMs = this.#clock.nowMs();
    this.#modelAudioMs = undefined;
  }

  modelAudio(): void {
    this.#modelAudioMs ??= this.#clock.nowMs();
  }

  botAudible(): AnswerTimes {
    const nowMs = this.#clock.nowMs();
    const voicedMs = this.#voicedMs;
    const times: AnswerTimes = {
      answerMs: voicedMs === undefined ? undefined : nowMs - voicedMs,
      parts: voicedMs === undefined ? undefined : this.#partsSince(voicedMs, nowMs),
    };
    this.#heard = { ...times, sinceMs: voicedMs ?? nowMs };
    this.#voicedMs = undefined;
    this.#modelStartedMs = undefined;
    this.#modelAudioMs = undefined;
    return times;
  }

  /** @returns the turn that ends with this, or undefined when the bot was silent already */
  botSilent(): TurnOver | undefined {
    const heard = this.#heard;
    this.#heard = undefined;
    if (heard === undefined) return undefined;
    const { sinceMs, ...times } = heard;
    return { ...times, lastedMs: this.#clock.nowMs() - sinceMs };
  }

  #partsSince(voicedMs: number, nowMs: number): AnswerParts | undefined {
    const startedMs = this.#modelStartedMs;
    const audioMs = this.#modelAudioMs;
    if (startedMs === undefined || audioMs === undefined) return undefined;
    return { endpointingMs: startedMs - voicedMs, modelMs: audioMs - startedMs, playoutMs: nowMs - audioMs };
  }
}
