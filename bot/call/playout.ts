import { MODEL_OUTPUT_HZ, msToSamples, SampleQueue, samplesToMs } from '../audio';
import type { Clock, Ticker } from '../time';
import type { CallTransport } from '../transport/transport';

/** 20 ms at 24 kHz: one frame of Opus and of each transport. */
const FRAME_SAMPLES = msToSamples(20, MODEL_OUTPUT_HZ);
/** Queued in the transport at most: enough to bridge a late tick, little enough to be silent at once. */
const DEFAULT_LEAD_MS = 60;
/** A model this far ahead is no longer answering a caller. */
const DEFAULT_MAX_QUEUED_MS = 180_000;

export interface PlayoutEvents {
  /** The first audio of a turn is on its way to the caller. */
  onStarted(): void;
  /** All that was pushed has been heard and the turn has ended. Not called after a flush. */
  onDrained(): void;
  /** All that was pushed has been heard, in the middle of a turn. */
  onStarved(): void;
  /** The model let the caller wait for `gapMs` in the middle of a turn. */
  onUnderrun(gapMs: number): void;
  /** Audio that found no room. */
  onOverflow(droppedMs: number): void;
}

interface Mark {
  readonly atSample: number;
  readonly fn: () => void;
}

type PlayoutState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'playing'; turnEnded: boolean; starvedSinceMs: number | undefined }
  | { readonly kind: 'closed' };

interface PlayoutOptions {
  readonly transport: Pick<CallTransport, 'play' | 'flush' | 'queuedMs'>;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly events: PlayoutEvents;
  readonly leadMs?: number;
  readonly maxQueuedMs?: number;
}

/**
 * The only place that knows what the caller has not heard yet.
 *
 * The model sends faster than real time; this hands the audio on in 20 ms frames, keeps at most `leadMs` of it in the
 * transport, and drops everything at once on a barge-in. What the transport has sent counts as heard.
 */
export class Playout {
  readonly #options: PlayoutOptions;
  readonly #leadMs: number;
  readonly #maxQueuedSamples: number;
  readonly #queue = new SampleQueue();
  #marks: Mark[] = [];
  #state: PlayoutState = { kind: 'idle' };
  #unsubscribe: (() => void) | undefined;
  #pushedSamples = 0;
  #handedSamples = 0;
  /** When the last frame is, or was, heard to its end. */
  #heardUntilMs = -Infinity;

  constructor(options: PlayoutOptions) {
    this.#options = options;
    this.#leadMs = options.leadMs ?? DEFAULT_LEAD_MS;
    this.#maxQueuedSamples = msToSamples(options.maxQueuedMs ?? DEFAULT_MAX_QUEUED_MS, MODEL_OUTPUT_HZ);
  }

  /** Whether the caller still has something to hear, or a turn is not over yet. */
  get active(): boolean {
    return this.#state.kind === 'playing';
  }

  /** Audio pushed and not yet heard, in ms. */
  get unheardMs(): number {
    return samplesToMs(this.#queue.length, MODEL_OUTPUT_HZ) + this.#options.transport.queuedMs;
  }

  /** How long ago the caller heard the last of it; 0 while there is more, Infinity before there was anything. */
  get quietForMs(): number {
    return this.unheardMs > 0 ? 0 : this.#options.clock.nowMs() - this.#heardUntilMs;
  }

  /** Audio heard since the call began, in ms. */
  get heardMs(): number {
    return samplesToMs(this.#handedSamples, MODEL_OUTPUT_HZ) - this.#options.transport.queuedMs;
  }

  /** Adds 24 kHz audio behind what waits. */
  push(pcm24k: Int16Array): void {
    if (this.#state.kind === 'closed' || pcm24k.length === 0) return;
    if (this.#queue.length + pcm24k.length > this.#maxQueuedSamples) {
      this.#options.events.onOverflow(samplesToMs(pcm24k.length, MODEL_OUTPUT_HZ));
      return;
    }
    this.#queue.push(pcm24k);
    this.#pushedSamples += pcm24k.length;
    if (this.#state.kind === 'idle') {
      this.#state = { kind: 'playing', turnEnded: false, starvedSinceMs: undefined };
      this.#unsubscribe = this.#options.ticker.subscribe(() => this.#onTick());
      this.#handOn();
      this.#options.events.onStarted();
      return;
    }
    const { starvedSinceMs } = this.#state;
    this.#state.starvedSinceMs = undefined;
    this.#state.turnEnded = false;
    this.#handOn();
    if (starvedSinceMs !== undefined) this.#options.events.onUnderrun(this.#options.clock.nowMs() - starvedSinceMs);
  }

  /** No more audio comes for now: `onDrained` follows when all of it has been heard. */
  endTurn(): void {
    if (this.#state.kind === 'playing') this.#state.turnEnded = true;
  }

  /** Calls `fn` when all that has been pushed so far was heard; never, if it is flushed before. */
  whenHeard(fn: () => void): void {
    if (this.#state.kind === 'closed') return;
    this.#marks.push({ atSample: this.#pushedSamples, fn });
    if (this.#state.kind === 'idle') this.#fireMarks();
  }

  /** Barge-in: drops everything queued, in the transport too. Resolves once none of it can reach the caller. */
  async flush(): Promise<void> {
    if (this.#state.kind !== 'playing') return;
    const unsentMs = this.#options.transport.queuedMs;
    this.#queue.clear();
    this.#marks = [];
    this.#handedSamples -= msToSamples(unsentMs, MODEL_OUTPUT_HZ);
    this.#pushedSamples = this.#handedSamples;
    this.#heardUntilMs = this.#options.clock.nowMs();
    this.#stop();
    await this.#options.transport.flush();
  }

  /** Stops for good and reports nothing. Idempotent. */
  close(): void {
    this.#queue.clear();
    this.#marks = [];
    this.#stop();
    this.#state = { kind: 'closed' };
  }

  #stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#state = { kind: 'idle' };
  }

  #onTick(): void {
    if (this.#state.kind !== 'playing') return;
    this.#handOn();
    this.#fireMarks();
    // Asked anew: a mark's listener may have flushed or closed.
    const state = this.#state as PlayoutState;
    if (state.kind !== 'playing' || this.#queue.length > 0 || this.#options.transport.queuedMs > 0) return;
    if (state.turnEnded) {
      this.#stop();
      this.#options.events.onDrained();
    } else if (state.starvedSinceMs === undefined) {
      state.starvedSinceMs = this.#options.clock.nowMs();
      this.#options.events.onStarved();
    }
  }

  #handOn(): void {
    if (this.#state.kind !== 'playing') return;
    while (this.#queue.length >= FRAME_SAMPLES && this.#options.transport.queuedMs < this.#leadMs) {
      this.#playFrame();
    }
    // The last piece of a turn seldom fills a frame; it waits for more only while the transport still has work.
    const rest = this.#queue.length;
    if (rest > 0 && rest < FRAME_SAMPLES && (this.#state.turnEnded || this.#options.transport.queuedMs === 0)) {
      this.#playFrame();
      this.#pushedSamples += FRAME_SAMPLES - rest;
    }
  }

  #playFrame(): void {
    const frame = new Int16Array(FRAME_SAMPLES);
    this.#queue.take(frame);
    this.#options.transport.play(frame);
    this.#handedSamples += FRAME_SAMPLES;
    this.#heardUntilMs = this.#options.clock.nowMs() + this.#options.transport.queuedMs;
  }

  #fireMarks(): void {
    const heard = this.#handedSamples - msToSamples(this.#options.transport.queuedMs, MODEL_OUTPUT_HZ);
    while (this.#marks[0] !== undefined && this.#marks[0].atSample <= heard) {
      const mark = this.#marks.shift();
      mark?.fn();
    }
  }
}
