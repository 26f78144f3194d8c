import { HeardAudio } from './heard';

const HEARD_HZ = 16_000;

/** The caller's audio of all blocks, whatever the rate of each: kept, and handed on, at 16 kHz. */
export class CallerAudio {
  readonly heard = new HeardAudio();
  #rateHz = HEARD_HZ;
  /** Where the next sample lies after the last one of the piece before, in samples of the block's rate. */
  #position = 0;
  #last = 0;

  /** A block begins. */
  opened(rateHz: number): void {
    this.#rateHz = rateHz;
    this.#position = 0;
    this.#last = 0;
  }

  /** Takes PCM16 of the block's rate. @returns the same at 16 kHz. */
  push(bytes: Buffer): Int16Array {
    return this.heard.push(this.#rateHz === HEARD_HZ ? bytes : this.#convert(bytes));
  }

  /** By linear interpolation: good enough for telling speech from silence, and for recordings' loudness. */
  #convert(bytes: Buffer): Buffer {
    const count = bytes.length >> 1;
    const at = (index: number): number => (index < 0 ? this.#last : bytes.readInt16LE(2 * Math.min(index, count - 1)));
    const step = this.#rateHz / HEARD_HZ;
    const out: number[] = [];
    for (; this.#position <= count - 1; this.#position += step) {
      const index = Math.floor(this.#position);
      const part = this.#position - index;
      out.push(Math.round(at(index) * (1 - part) + at(index + 1) * part));
    }
    this.#position -= count;
    this.#last = at(count - 1);
    const pcm = Int16Array.from(out);
    return Buffer.from(pcm.buffer);
  }
}
