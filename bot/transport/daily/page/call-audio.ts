import { decodeDown, encodeAudioUp, encodeFlushed } from '../bridge/frames';
import { Resampler24To16 } from './resample';

/** 5 ms at 24 kHz: speech that is cut off fades rather than clicks. */
const FADE_SAMPLES = 120;

/** How the page tells its audio thread of a call. */
export interface CallAudioOptions {
  /** What the graph renders at a stretch, in whole render quanta. */
  readonly pieceSamples: number;
}

/**
 * The audio of one call on the page's audio thread: what the bot says, played sample by sample into the room, and what
 * the room's people say, mixed into frames for the bot. Knows no browser, so it can be tested without one.
 */
export class CallAudio {
  readonly #send: (frame: ArrayBuffer) => void;
  readonly #resampler = new Resampler24To16();
  /** What people said in this piece of the graph's work, mixed. */
  readonly #mix: Float32Array;
  #mixed = 0;
  readonly #resampled: Float32Array;
  readonly #up: Int16Array;
  #queue: Int16Array[] = [];
  #queuedSamples = 0;
  #offset = 0;
  #epoch = 0;
  #playedSamples = 0;
  #starvations = 0;
  #starving = true;
  #tail: Float32Array | undefined;
  readonly #zeroRuns: number[] = [];

  /** @param send takes a frame for the bot, one of each piece */
  constructor({ pieceSamples }: CallAudioOptions, send: (frame: ArrayBuffer) => void) {
    this.#send = send;
    this.#mix = new Float32Array(pieceSamples);
    this.#resampled = new Float32Array(pieceSamples);
    this.#up = new Int16Array(pieceSamples);
  }

  /** How many samples each input has been exactly zero for; a working decoder seldom is for long. */
  get zeroRuns(): readonly number[] {
    return this.#zeroRuns;
  }

  receive(frame: ArrayBuffer): void {
    const message = decodeDown(frame);
    if (message?.kind === 'flush') {
      this.#flush(message.epoch);
    } else if (message !== undefined && message.epoch === this.#epoch && message.pcm24k.length > 0) {
      this.#queue.push(message.pcm24k);
      this.#queuedSamples += message.pcm24k.length;
    }
  }

  /**
   * One render quantum at 24 kHz.
   * @param inputs the people (mono)
   * @param output what the room hears of the bot
   * @param atSample where the quantum lies in the graph's time
   */
  process(inputs: readonly (Float32Array | undefined)[], output: Float32Array, atSample: number): void {
    this.#play(output);
    const mix = this.#mix.subarray(this.#mixed, this.#mixed + output.length).fill(0);
    for (let slot = 0; slot < inputs.length; slot += 1) {
      const input = inputs[slot];
      const isZero = input === undefined || addTo(mix, input);
      this.#zeroRuns[slot] = isZero ? (this.#zeroRuns[slot] ?? 0) + output.length : 0;
    }
    this.#mixed += output.length;
    // What is over by the end of a piece goes at once: the graph stands still until the next.
    if ((atSample + output.length) % this.#mix.length === 0) this.#report();
  }

  #play(output: Float32Array): void {
    let at = this.#playTail(output);
    while (at < output.length && this.#queue[0] !== undefined) {
      const chunk = this.#queue[0];
      const take = Math.min(output.length - at, chunk.length - this.#offset);
      for (let i = 0; i < take; i += 1) output[at + i] = (chunk[this.#offset + i] ?? 0) / 32_768;
      at += take;
      this.#offset += take;
      this.#queuedSamples -= take;
      this.#playedSamples += take;
      this.#starving = false;
      if (this.#offset >= chunk.length) {
        this.#queue.shift();
        this.#offset = 0;
      }
    }
    if (at < output.length && !this.#starving) {
      this.#starving = true;
      this.#starvations += 1;
    }
    output.fill(0, at);
  }

  #playTail(output: Float32Array): number {
    if (this.#tail === undefined) return 0;
    const take = Math.min(this.#tail.length, output.length);
    output.set(this.#tail.subarray(0, take));
    this.#tail = this.#tail.length > take ? this.#tail.subarray(take) : undefined;
    return take;
  }

  #flush(epoch: number): void {
    const tail = new Float32Array(Math.min(FADE_SAMPLES, this.#queuedSamples));
    let at = 0;
    for (const chunk of this.#queue) {
      for (let i = at === 0 ? this.#offset : 0; i < chunk.length && at < tail.length; i += 1) {
        tail[at] = ((chunk[i] ?? 0) / 32_768) * (1 - (at + 1) / tail.length);
        at += 1;
      }
    }
    this.#tail = tail.length > 0 ? tail : undefined;
    this.#queue = [];
    this.#queuedSamples = 0;
    this.#offset = 0;
    this.#epoch = epoch;
    this.#playedSamples = 0;
    this.#starving = true;
    this.#send(encodeFlushed(epoch));
  }

  #report(): void {
    const count = this.#resampler.push(this.#mix.subarray(0, this.#mixed), this.#resampled);
    this.#mixed = 0;
    for (let i = 0; i < count; i += 1) {
      this.#up[i] = Math.max(-32_768, Math.min(32_767, Math.round((this.#resampled[i] ?? 0) * 32_768)));
    }
    const [epoch, playedSamples, starvations] = [this.#epoch, this.#playedSamples, this.#starvations];
    this.#send(encodeAudioUp({ epoch, playedSamples, starvations, pcm16k: this.#up.subarray(0, count) }));
  }
}

/** Adds `input` to `mix`; true when there was nothing in it. */
function addTo(mix: Float32Array, input: Float32Array): boolean {
  let isZero = true;
  for (let i = 0; i < mix.length; i += 1) {
    const sample = input[i] ?? 0;
    if (sample !== 0) isZero = false;
    mix[i] = (mix[i] ?? 0) + sample;
  }
  return isZero;
}
