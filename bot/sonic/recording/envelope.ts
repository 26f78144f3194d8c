import { bytesToPcm, MODEL_INPUT_HZ, rms } from '../../audio';
import { ENVELOPE_STEP_MS, type InputAudio, SILENCE_DB } from '../../../contract/model-recordings';

const STEP_SAMPLES = (ENVELOPE_STEP_MS * MODEL_INPUT_HZ) / 1000;

/** A run of the caller's audio, of which nothing is kept but how loud it was. */
export class Envelope {
  #pcm: Int16Array[] = [];
  samples = 0;

  /** @param bytes PCM16 at 16 kHz */
  add(bytes: Uint8Array): void {
    const pcm = bytesToPcm(Uint8Array.from(bytes));
    this.#pcm.push(pcm);
    this.samples += pcm.length;
  }

  /** What was added since it was last taken. */
  take(): InputAudio {
    const { samples } = this;
    const all = new Int16Array(samples);
    let at = 0;
    for (const pcm of this.#pcm.splice(0)) {
      all.set(pcm, at);
      at += pcm.length;
    }
    this.samples = 0;
    const envelope: number[] = [];
    for (let from = 0; from < samples; from += STEP_SAMPLES)
      envelope.push(dbfs(all.subarray(from, from + STEP_SAMPLES)));
    return { samples, envelope };
  }
}

function dbfs(pcm: Int16Array): number {
  const level = rms(pcm);
  return level <= 0 ? SILENCE_DB : Math.max(SILENCE_DB, Math.min(0, Math.round(20 * Math.log10(level))));
}
