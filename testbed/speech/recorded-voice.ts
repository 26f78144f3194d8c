import { readRecording } from './recordings';
import { resample } from './resample';
import { SPEECH_HZ, type Synthesiser } from './synthesise';

/** As the tone's: how long a letter takes. */
const SECONDS_A_LETTER = 0.06;

/** A person's recorded sentences, as long as the text would take to say: what real speech costs to encode, without a synthesiser. */
export class RecordedSynthesiser implements Synthesiser {
  readonly #speech = resample(readRecording('0890').samples, 16_000, SPEECH_HZ);

  synthesise(text: string): Promise<Int16Array> {
    const samples = new Int16Array(Math.round(SPEECH_HZ * Math.max(0.5, text.length * SECONDS_A_LETTER)));
    for (let at = 0; at < samples.length; at += this.#speech.length)
      samples.set(this.#speech.subarray(0, samples.length - at), at);
    return Promise.resolve(samples);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
