import type { VoiceState } from '../../audio';
import type { SonicLimits } from '../limits';
import { watchdogFailure, type StreamFailure } from '../stream/failure';

export type InputWatchdogRules = Pick<SonicLimits, 'deafAfterMs' | 'provenDeafAfterMs'>;

/** A burst shorter than this may be a cough or a door: however many come, nobody said anything. */
const BURST_MS = 800;
/** So much voice a stream that has heard something before must have missed to be suspected. */
const PROVEN_WORTH_HEARING_MS = 1_500;
/** After this many streams in a row that hear nothing, the caller's noise is not speech. */
const MAX_SUSPICIONS = 2;
/** After this long without a reaction, what the caller said no longer delays a rotation. */
const ANSWER_WITHIN_MS = 4_000;

/**
 * Compares what the caller says with the signs that the model has heard it. Notices a stream that takes audio and hears
 * nothing, the most common fault after a change of streams, and knows when the caller is in the middle of something.
 */
export class InputWatchdog {
  readonly #rules: InputWatchdogRules;
  #voice: VoiceState = 'silent';
  /** Voice since the last sign of having been heard: of utterances that are over, and of the present one. */
  #voicedMs = 0;
  #utteranceMs = 0;
  #lastVoiceAtMs = -Infinity;
  /** The model has reacted to all voice so far. */
  #isSettled = true;
  /** Silence that was sent since the last voice, or the last sign of one. */
  #silenceSentMs = 0;
  /** The active stream has heard something. */
  #isProven = false;
  #suspicions = 0;

  constructor(rules: InputWatchdogRules) {
    this.#rules = rules;
  }

  /** `ms` of the caller's audio came in. `isBotHeard`: what sounds like a voice may be the bot's own echo. */
  onAudio(ms: number, voice: VoiceState, nowMs: number, isBotHeard: boolean): void {
    this.#voice = voice;
    if (voice === 'silent') this.#utteranceOver();
    if (voice !== 'speaking') return;
    this.#lastVoiceAtMs = nowMs;
    this.#isSettled = false;
    this.#silenceSentMs = 0;
    if (!isBotHeard) this.#utteranceMs += ms;
  }

  /** The model wrote down what the caller said, or let itself be interrupted. */
  onHeard(): void {
    this.#isProven = true;
    this.#suspicions = 0;
    this.#silenceSentMs = 0;
    this.onAnswering();
  }

  /** The model answers, so what was said before waits no longer. It may answer typed text, so this proves nothing. */
  onAnswering(): void {
    this.#voicedMs = 0;
    this.#utteranceMs = 0;
    this.#isSettled = true;
  }

  /** The model was sent `ms` of audio, and nothing that the caller said waits behind it. */
  onSent(ms: number): void {
    if (this.#voice === 'silent') this.#silenceSentMs += ms;
  }

  /** Another stream listens from now on, and has proved nothing yet. */
  onNewStream(): void {
    this.#isProven = false;
  }

  /** Whether the caller is speaking, or has just said something that the model has not reacted to yet. */
  isCallerPending(nowMs: number): boolean {
    return this.#voice !== 'silent' || (!this.#isSettled && nowMs - this.#lastVoiceAtMs < ANSWER_WITHIN_MS);
  }

  /** Whether the model was sent `ms` of silence after the last voice: it measures pauses in audio, not by the clock. */
  isSilentFor(ms: number): boolean {
    return this.#voice === 'silent' && this.#silenceSentMs >= ms;
  }

  /** The failure of a stream that hears nothing; reported once, what was said to it is then forgotten. */
  check(nowMs: number): StreamFailure | undefined {
    const worthMs = this.#isProven ? PROVEN_WORTH_HEARING_MS : BURST_MS;
    if (this.#suspicions >= MAX_SUSPICIONS || this.#voice !== 'silent' || this.#voicedMs < worthMs) return undefined;
    const { deafAfterMs, provenDeafAfterMs } = this.#rules;
    if (nowMs - this.#lastVoiceAtMs < (this.#isProven ? provenDeafAfterMs : deafAfterMs)) return undefined;
    this.#suspicions += 1;
    this.onAnswering();
    return watchdogFailure('model_deaf', 'The caller spoke and the model gave no sign of having heard it.');
  }

  #utteranceOver(): void {
    if (this.#utteranceMs >= BURST_MS) this.#voicedMs += this.#utteranceMs;
    this.#utteranceMs = 0;
  }
}
