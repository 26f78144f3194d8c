import { align, resample } from '../../../../testbed/speech';
import { rmsOf } from '../../../../testbed/speech/audio-analysis';
import type { KnownSentence } from '../../../bot/call/support/played-call';

/** Enough for whoever knows what may be said. */
const HZ = 8_000;
const FRAME = HZ / 50;
/** Nobody says nothing for so long. */
const LATEST_SAMPLES = 14 * HZ;
/** The beginning, by which a sentence is known. */
const OPENING_SAMPLES = 0.5 * HZ;
/** The sentences' room is quieter. */
const SPEECH_RMS = 0.01;

const to8k = (pcm24k: Int16Array): Int16Array => resample(pcm24k, 24_000, HZ);

/** What was heard of a sentence, in ms. */
export interface HeardSentence {
  readonly text: string;
  readonly startMs: number;
  /** Up to the last sound of it. */
  readonly heardMs: number;
  readonly lastsMs: number;
}

/** Somebody who knows the sentences that may be said, and listens to a recording from its beginning: what is heard of each. */
export class Listener {
  readonly #heard: Int16Array;
  #at = 0;

  constructor(pcm24k: Int16Array) {
    this.#heard = to8k(pcm24k);
  }

  /** The next sentence, which is this one; undefined where it is not to be heard. */
  next({ text, pcm24k }: KnownSentence): HeardSentence | undefined {
    const original = to8k(pcm24k);
    const start = this.#find(original.subarray(0, OPENING_SAMPLES));
    if (start === undefined) return undefined;
    let heard = 0;
    let from = 0;
    for (; from + FRAME <= original.length; from += FRAME) {
      const loudness = rmsOf(original.subarray(from, from + FRAME));
      if (loudness < SPEECH_RMS) continue;
      if (rmsOf(this.#heard.subarray(start + from, start + from + FRAME)) < loudness / 3) break;
      heard = from + FRAME;
    }
    // What is missing may have been silent.
    if (from + FRAME > original.length) heard = original.length;
    this.#at = start + heard;
    const ms = (samples: number): number => (samples * 1_000) / HZ;
    return { text, startMs: ms(start), heardMs: ms(heard), lastsMs: ms(original.length) };
  }

  /** Where a sentence begins, the first time it does. */
  #find(opening: Int16Array): number | undefined {
    for (let from = Math.max(0, this.#at - FRAME); from < this.#at + LATEST_SAMPLES; from += opening.length) {
      const { lagSamples, correlation } = align(this.#heard.subarray(from, from + 2 * opening.length), opening);
      if (lagSamples >= 0 && correlation > 0.7) return from + lagSamples;
    }
    return undefined;
  }

  /** Whether there is anything louder than the room of the sentences in that time. */
  hearsSound(fromMs: number, toMs: number): boolean {
    const to = (toMs * HZ) / 1_000;
    for (let from = (fromMs * HZ) / 1_000; from + FRAME <= to; from += FRAME)
      if (rmsOf(this.#heard.subarray(from, from + FRAME)) > SPEECH_RMS) return true;
    return false;
  }
}
