import { decodeDown, encodeAudioUp, encodeFlushed } from '../bridge/frames';
import { Resampler24To16 } from './resample';

/** 20 ms at 16 kHz. */
const UP_SAMPLES = 320;
/** 5 ms at 24 kHz: speech that is cut off fades rather than clicks. */
const FADE_SAMPLES = 120;

/**
 * The audio of one call on the page's audio thread: what the bot says, played sample by sample into the room, and what
 * the room's people say, mixed into frames for the bot. Knows no browser, so it can be tested without one.
 */
export class CallAudio {
  readonly #send: (frame: ArrayBuffer) => void;
  readonly #resampler = new Resampler24To16();
  readonly #mix = new Float32Array(128);
  #queue: Int16Array[] = [];
  #queuedSamples = 0;
  #offset = 0;
  #epoch = 0;
  #playedSamples = 0;
  #starvations = 0;
  #starving = true;
  #tail: Float32Array | undefined;
  #up = new Int16Array(UP_SAMPLES);
  #upFill = 0;
  #zeroRuns: number[] = [];

  constructor(send: (frame: ArrayBuffer) => void) {
    this.#send = send;
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

  /** One render quantum at 24 kHz: `inputs` are the people (mono), `output` is what the room hears of the bot. */
  process(inputs: readonly (Float32Array | undefined)[], output: Float32Array): void {
    this.#play(output);
    const mix = this.#mix.length === output.length ? this.#mix.fill(0) : new Float32Array(output.length);
    inputs.forEach((input, slot) => {
      const isZero = input === undefined || addTo(mix, input);
      this.#zeroRuns[slot] = isZero ? (this.#zeroRuns[slot] ?? 0) + output.length : 0;
    });
    this.#resampler.push(mix, (sample) => this.#capture(sample));
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

  #capture(sample: number): void {
    this.#up[this.#upFill] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
    this.#upFill += 1;
    if (this.#upFill < UP_SAMPLES) return;
    this.#upFill = 0;
    const [epoch, playedSamples, starvations] = [this.#epoch, this.#playedSamples, this.#starvations];
    this.#send(encodeAudioUp({ epoch, playedSamples, starvations, pcm16k: this.#up }));
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
