import { seeded } from '../../../random';
import { withNoise } from '../../../speech';
import type { LineQuality } from '../types';
import { TelephoneBand } from './band';
import { FRAME_SAMPLES } from './mulaw';

/** A line without faults, as wide as its rate allows. */
const CLEAR_LINE: LineQuality = {
  bandLimited: false,
  lossShare: 0,
  lossAs: 'gap',
  noiseDb: undefined,
  jitterMs: 0,
  burstMs: 0,
  withholdsSilence: false,
  seed: 1,
};

const SILENCE = new Int16Array(FRAME_SAMPLES);
/** One burst in so many frames: every two seconds, about. */
const FRAMES_PER_BURST = 100;

/** What became of one frame on its way through the line. */
export type Carried =
  | { readonly kind: 'frame'; readonly pcm: Int16Array; readonly delayMs: number }
  /** Nothing comes out of the other end. */
  | { readonly kind: 'nothing' };

/** One direction of a telephone line: from somebody's mouth to Twilio. Seeded, so that a fault can be made again. */
export class Line {
  readonly #quality: LineQuality;
  readonly #random: () => number;
  readonly #band: TelephoneBand | undefined;
  #burstLeftMs = 0;

  constructor(quality: Partial<LineQuality> = {}) {
    this.#quality = { ...CLEAR_LINE, ...quality };
    this.#random = seeded(this.#quality.seed);
    this.#band = this.#quality.bandLimited ? new TelephoneBand() : undefined;
  }

  /** @param frame 20 ms at 8 kHz; undefined: nobody speaks */
  carry(frame: Int16Array | undefined): Carried {
    const { lossShare, lossAs, withholdsSilence } = this.#quality;
    const isLost = this.#random() < lossShare;
    const delayMs = this.#delay();
    if (isLost && lossAs === 'gap') return { kind: 'nothing' };
    if (frame === undefined && withholdsSilence) return { kind: 'nothing' };
    const filtered = this.#band === undefined ? (frame ?? SILENCE) : this.#band.pass(frame ?? SILENCE);
    return { kind: 'frame', pcm: isLost ? SILENCE : this.#noisy(filtered), delayMs };
  }

  #delay(): number {
    const { jitterMs, burstMs } = this.#quality;
    if (burstMs > 0) {
      if (this.#burstLeftMs <= 0 && this.#random() < 1 / FRAMES_PER_BURST) this.#burstLeftMs = burstMs;
      this.#burstLeftMs -= 20;
      if (this.#burstLeftMs > 0) return this.#burstLeftMs;
    }
    return jitterMs === 0 ? 0 : this.#random() * jitterMs;
  }

  #noisy(frame: Int16Array): Int16Array {
    const { noiseDb } = this.#quality;
    return noiseDb === undefined ? frame : withNoise(frame, noiseDb, this.#random);
  }
}
