import { MODEL_INPUT_HZ, samplesToMs, type VoiceState } from '../../audio';
import type { SonicLimits } from '../limits';
import type { StreamFailure } from '../stream/failure';
import { InputPacer } from './input-pacer';
import { InputWatchdog } from './input-watchdog';
import { FRAME_MS, ReplayBuffer } from './replay-buffer';

/** Frames replayed to a promoted stream even where nobody seems to speak: a word may just have begun. */
const QUIET_REPLAY_FRAMES = 10;
/** After so much silence behind the caller's last sound the model may be heard again, though it never wrote down what they said. */
const SILENT_AFTER_MS = 2_500;

/** The caller's audio on its way to the model: what waits, what is sent when, and whether the model has heard it. No I/O. */
export class CallerInput {
  readonly #audio: ReplayBuffer;
  readonly #pacer: InputPacer;
  readonly #watchdog: InputWatchdog;

  constructor(limits: SonicLimits) {
    this.#audio = new ReplayBuffer(limits.keepCallerAudioMs);
    this.#pacer = new InputPacer(this.#audio, limits.audioGapMs);
    this.#watchdog = new InputWatchdog(limits);
  }

  /** Takes audio, 16 kHz; `isBotHeard`: its voice may be the bot's echo. @returns how many waiting frames were lost to it */
  push(pcm16k: Int16Array, voice: VoiceState, nowMs: number, isBotHeard: boolean): number {
    this.#watchdog.onAudio(samplesToMs(pcm16k.length, MODEL_INPUT_HZ), voice, nowMs, isBotHeard);
    return this.#audio.push(pcm16k);
  }

  /** What the model is to be sent with this tick; undefined stands for a frame of silence. */
  due(nowMs: number): readonly (Int16Array | undefined)[] {
    const frames = this.#pacer.tick(nowMs);
    if (this.#audio.waitingFrames === 0) this.#watchdog.onSent(frames.length * FRAME_MS);
    return frames;
  }

  /** The model answers what was said, or typed: no other stream need hear it. */
  answering(): void {
    this.#audio.settle();
    this.#watchdog.onAnswering();
  }

  /** The model wrote down what was said. */
  understood(): void {
    this.#audio.settle();
    this.#watchdog.onHeard();
  }

  /** The model has shown that it hears the caller. */
  heard(): void {
    this.#watchdog.onHeard();
  }

  /** A stream that has heard the caller out is left at a calm moment: only a word just beginning is for the next one. */
  heardOut(nowMs: number): void {
    if (!this.isPending(nowMs)) this.#audio.settle(QUIET_REPLAY_FRAMES);
  }

  /** Another stream listens from now on, to what the former one may not have heard, too. */
  newStream(): void {
    this.#watchdog.onNewStream();
    this.#audio.rewind();
  }

  /** A stream that has heard something before listens again. */
  formerStream(): void {
    this.#audio.rewind();
  }

  /** Whether the caller speaks, or has said something that the model has not reacted to. */
  isPending(nowMs: number): boolean {
    return this.#watchdog.isCallerPending(nowMs);
  }

  /** Whether the model has been sent nothing of the caller's voice for a while, whatever it says. */
  get isSilent(): boolean {
    return this.#watchdog.isSilentFor(SILENT_AFTER_MS);
  }

  /** The failure of a stream that hears nothing; reported once. */
  deafness(nowMs: number): StreamFailure | undefined {
    return this.#watchdog.check(nowMs);
  }
}
