import { rms } from '../audio';

/** As often as Pipecat tells a level. */
const PERIOD_MS = 150;
/** What a quiet room is taken for: no level. */
const FLOOR_DB = -60;

/** How loud sound is, told now and then. Time is counted in samples. */
export class LevelMeter {
  readonly #periodSamples: number;
  #samples = 0;
  #energy = 0;

  constructor(rateHz: number) {
    this.#periodSamples = (rateHz * PERIOD_MS) / 1000;
  }

  /** @returns after each 150 ms of sound, the level of these: 0 for silence to 1 for the loudest there is */
  push(pcm: Int16Array): number | undefined {
    this.#energy += rms(pcm) ** 2 * pcm.length;
    this.#samples += pcm.length;
    if (this.#samples < this.#periodSamples) return undefined;
    const db = 10 * Math.log10(this.#energy / this.#samples);
    this.#energy = 0;
    this.#samples = 0;
    return Math.round(Math.min(1, Math.max(0, 1 - db / FLOOR_DB)) * 1000) / 1000;
  }
}
