import { samplesToMs, MODEL_INPUT_HZ } from '../../audio/pcm';
import { VoiceActivity } from '../../audio/voice-activity';
import { watchdogFailure, type StreamFailure } from '../stream/failure';

export interface InputWatchdogRules {
  readonly deafAfterMs: number;
  readonly provenDeafAfterMs: number;
}

/** Less voice than this in all may be a cough or a door; a stream that has heard well is suspected later. */
const WORTH_HEARING_MS = 500;
const PROVEN_WORTH_HEARING_MS = 1_500;
/** So many streams in a row that hear nothing: then it is the caller's noise that is no speech. */
const MAX_SUSPICIONS = 2;
/** After this long without a sign, what the caller said is no reason any more to wait with a rotation. */
const ANSWER_WITHIN_MS = 4_000;

/**
 * Holds what the caller says against the signs that the model has heard it. Notices a stream that takes audio and
 * hears nothing, the fault that callers meet most after a change of streams; and knows when the caller is in the
 * middle of something.
 */
export class InputWatchdog {
  readonly #rules: InputWatchdogRules;
  readonly #voice = new VoiceActivity();
  /** Voice since the last sign of having been heard. */
  #voicedMs = 0;
  #lastVoiceAtMs = -Infinity;
  /** The active stream has heard something. */
  #isProven = false;
  #suspicions = 0;

  constructor(rules: InputWatchdogRules) {
    this.#rules = rules;
  }

  /** The caller's audio as it comes in. `isBotHeard`: what sounds like a voice may be the bot's own, come back. */
  onAudio(pcm16k: Int16Array, nowMs: number, isBotHeard: boolean): void {
    this.#voice.push(pcm16k);
    if (!this.#voice.speaking || this.#voice.silentMs > 0) return;
    this.#lastVoiceAtMs = nowMs;
    if (!isBotHeard) this.#voicedMs += samplesToMs(pcm16k.length, MODEL_INPUT_HZ);
  }

  /** The model wrote down what the caller said, or let itself be interrupted. */
  onHeard(): void {
    this.#isProven = true;
    this.#suspicions = 0;
    this.onAnswering();
  }

  /** The model answers: what was said before waits for nothing any more. It may answer typed text, so it proves nothing. */
  onAnswering(): void {
    this.#voicedMs = 0;
    this.#lastVoiceAtMs = -Infinity;
  }

  /** Another stream listens from now on, and has proved nothing. */
  onNewStream(): void {
    this.#isProven = false;
  }

  /** Whether the caller is speaking, or has just said something that the model has not reacted to yet. */
  isCallerPending(nowMs: number): boolean {
    return this.#voice.speaking || nowMs - this.#lastVoiceAtMs < ANSWER_WITHIN_MS;
  }

  /** The failure of a stream that hears nothing; tells it once, and forgets what was said to it. */
  check(nowMs: number): StreamFailure | undefined {
    const worthMs = this.#isProven ? PROVEN_WORTH_HEARING_MS : WORTH_HEARING_MS;
    if (this.#suspicions >= MAX_SUSPICIONS || this.#voice.speaking || this.#voicedMs < worthMs) return undefined;
    const { deafAfterMs, provenDeafAfterMs } = this.#rules;
    if (nowMs - this.#lastVoiceAtMs < (this.#isProven ? provenDeafAfterMs : deafAfterMs)) return undefined;
    this.#suspicions += 1;
    this.#voicedMs = 0;
    this.#lastVoiceAtMs = -Infinity;
    return watchdogFailure('model_deaf', 'The caller spoke and the model gave no sign of having heard it.');
  }
}
