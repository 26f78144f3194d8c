import { FRAME_MS, type ReplayBuffer } from './replay-buffer';

/** How many waiting frames are sent from one tick to the next: a backlog catches up at four times real time, without a burst. */
const MAX_FRAMES_PER_TICK = 4;

/** Ticks closer together than this belong to one late event loop catching up. */
const BURST_MS = FRAME_MS / 4;

/** A frame of the caller's audio, a view to be used at once; undefined stands for a frame of silence. */
export type Frame = Int16Array | undefined;

/**
 * Decides what the model is sent: the caller's frames as soon as each is whole, and on a tick of 32 ms what waits of them,
 * or silence when none come, because the service ends a stream that hears nothing. A short gap (jitter, a busy event loop) is waited out rather
 * than filled: silence in the middle of a word would be heard as its end. If the gap turns out to be silence, the frames
 * owed for it are made up, so that the model's pauses are as long as the caller's.
 */
export class InputPacer {
  readonly #audio: ReplayBuffer;
  /** Ticks without new audio after which silence is sent. */
  readonly #gapTicks: number;
  /** Ticks in a row without new audio; a burst of late ticks counts as one, since audio may wait behind it. */
  #quietTicks: number;
  #owedFrames = 0;
  #lastTickMs = -Infinity;
  /** Frames that may still be sent before the next tick. */
  #framesLeft = MAX_FRAMES_PER_TICK;
  #hasSentSinceTick = false;
  /** What had been written to the buffer at the last tick. */
  #seenSamples = 0;

  constructor(audio: ReplayBuffer, gapMs: number) {
    this.#audio = audio;
    this.#gapTicks = Math.ceil(gapMs / FRAME_MS);
    this.#quietTicks = this.#gapTicks;
  }

  /** The frames to be sent with this tick, in order. */
  tick(nowMs: number): Frame[] {
    const isBurst = nowMs - this.#lastTickMs < BURST_MS;
    this.#lastTickMs = nowMs;
    if (this.#audio.writtenSamples > this.#seenSamples) this.#quietTicks = 0;
    this.#seenSamples = this.#audio.writtenSamples;
    this.#framesLeft = MAX_FRAMES_PER_TICK;
    const frames = this.#waiting();
    const isHeard = frames.length > 0 || this.#hasSentSinceTick;
    this.#hasSentSinceTick = false;
    if (isHeard) this.#owedFrames = 0;
    else if (this.#quietTicks < this.#gapTicks) {
      if (!isBurst) this.#quietTicks += 1;
      this.#owedFrames += 1;
    } else this.#addSilence(frames);
    return frames;
  }

  /** The frames to be sent at once, now that audio has come: on the tick they would be 16 ms late on average, 32 at worst. */
  arrived(): Frame[] {
    const frames = this.#waiting();
    if (frames.length > 0) this.#hasSentSinceTick = true;
    return frames;
  }

  /** What a stream hears first that takes over between two ticks: what waits, or else a frame of silence. */
  first(): Frame[] {
    this.#framesLeft = MAX_FRAMES_PER_TICK;
    const frames = this.#waiting();
    return frames.length > 0 ? frames : [undefined];
  }

  #waiting(): Frame[] {
    const frames: Frame[] = [];
    for (; this.#framesLeft > 0; this.#framesLeft -= 1) {
      const frame = this.#audio.take();
      if (frame === undefined) break;
      frames.push(frame);
    }
    return frames;
  }

  /** The rest of what was said, filled up, then the silence of this tick and of the gap. */
  #addSilence(frames: Frame[]): void {
    this.#audio.completeFrame();
    this.#seenSamples = this.#audio.writtenSamples;
    const rest = this.#audio.take();
    if (rest !== undefined) frames.push(rest);
    for (let owed = Math.min(this.#owedFrames, this.#gapTicks) + 1; owed > 0; owed -= 1) frames.push(undefined);
    this.#owedFrames = 0;
  }
}
