import { readSound } from './sound-file';
import { FRAME_SAMPLES, LINE_HZ } from '../line/mulaw';
import { tone } from '../../../speech';

/** About as fast as people speak. */
const MS_PER_CHARACTER = 60;
/** What `<Say>` sounds like here: a tone that no recording has, of the length that speech would have. */
const SAY_HZ = 700;

/** Sound that Twilio itself plays to somebody, 20 ms a beat. */
export class Announcement {
  readonly #pcm: Int16Array;
  readonly over: Promise<void>;
  #at = 0;
  #end: () => void = () => undefined;

  constructor(pcm8k: Int16Array) {
    this.#pcm = pcm8k;
    this.over = new Promise((resolve) => (this.#end = resolve));
    if (pcm8k.length === 0) this.#end();
  }

  static ofText(text: string): Announcement {
    return new Announcement(tone(SAY_HZ, text.length * MS_PER_CHARACTER, LINE_HZ, 0.1));
  }

  /** @throws RuleBroken 12300 for what Twilio does not play */
  static ofFile(type: string, bytes: Buffer): Announcement {
    return new Announcement(readSound(type, bytes));
  }

  beat(): Int16Array | undefined {
    if (this.#at >= this.#pcm.length) return undefined;
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(this.#pcm.subarray(this.#at, this.#at + FRAME_SAMPLES));
    this.#at += FRAME_SAMPLES;
    if (this.#at >= this.#pcm.length) this.#end();
    return frame;
  }
}
