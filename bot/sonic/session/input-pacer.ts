import { ReplayBuffer, FRAME_MS } from './replay-buffer';

/** Takes one frame; undefined stands for a frame of silence. A view: to be used at once. */
export type FrameSink = (frame: Int16Array | undefined) => void;

/** How many waiting frames one tick sends: what was late catches up at four times real time, without a burst. */
const MAX_FRAMES_PER_TICK = 4;

/** Ticks closer together than this belong to one catching up of a late event loop. */
const BURST_MS = FRAME_MS / 4;

/**
 * Decides, once a tick of 32 ms, what the model is sent: the caller's frames as they come, and silence when none come,
 * because the service ends a stream that hears nothing. A short gap (jitter, a busy event loop) is waited out rather
 * than filled: silence in the middle of a word would be heard as its end. After a gap that was none, the silence
 * owed is made up, so that the model's pauses are as long as the caller's.
 */
export class InputPacer {
  readonly #audio: ReplayBuffer;
  readonly #patience: number;
  /** Ticks in a row without new audio; a burst of late ticks counts as one, since audio may wait behind it. */
  #quietTicks: number;
  #owedFrames = 0;
  #lastTickMs = -Infinity;

  constructor(options: { readonly keepMs: number; readonly gapMs: number }) {
    this.#audio = new ReplayBuffer(options.keepMs);
    this.#patience = Math.ceil(options.gapMs / FRAME_MS);
    this.#quietTicks = this.#patience;
  }

  /** Takes the caller's audio, pieces of any size; says how many waiting frames were lost to it. */
  push(pcm16k: Int16Array): number {
    if (pcm16k.length === 0) return 0;
    this.#quietTicks = 0;
    return this.#audio.push(pcm16k);
  }

  /** Gives `sink` what is due. */
  tick(nowMs: number, sink: FrameSink): void {
    const isBurst = nowMs - this.#lastTickMs < BURST_MS;
    this.#lastTickMs = nowMs;
    if (this.#sendWaiting(sink)) {
      this.#owedFrames = 0;
      return;
    }
    if (this.#quietTicks < this.#patience) {
      if (!isBurst) this.#quietTicks += 1;
      this.#owedFrames += 1;
      return;
    }
    this.#audio.completeFrame();
    this.#sendWaiting(sink);
    for (let frames = Math.min(this.#owedFrames, this.#patience) + 1; frames > 0; frames -= 1) sink(undefined);
    this.#owedFrames = 0;
  }

  /** What was sent so far, but for the last `keepFrames`, has been understood, or answered. */
  settle(keepFrames = 0): void {
    this.#audio.settle(keepFrames);
  }

  /** A new stream listens: it is sent again what the old one may not have heard. */
  rewind(): void {
    this.#audio.rewind();
  }

  /** Whole frames that wait. */
  get waitingFrames(): number {
    return this.#audio.waitingFrames;
  }

  #sendWaiting(sink: FrameSink): boolean {
    let sent = 0;
    for (; sent < MAX_FRAMES_PER_TICK; sent += 1) {
      const frame = this.#audio.take();
      if (frame === undefined) break;
      sink(frame);
    }
    return sent > 0;
  }
}
