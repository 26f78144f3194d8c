import { MODEL_OUTPUT_HZ, msToSamples } from '../../audio';
import { Track } from './track';

const samples = (ms: number): number => msToSamples(ms, MODEL_OUTPUT_HZ);

/** What is heard this much later than it would follow what is there was heard after a gap. */
const GAP = samples(40);
/** As the sender of a call fades what it cuts off. */
const FADE = samples(5);

/** The bot's side at the places where it was heard. */
export class BotTrack {
  readonly #track: Track;

  constructor(capacityMs: number) {
    this.#track = new Track(samples(capacityMs));
  }

  /** @param at the sample at which it will be heard, as far as the transport knows. Returns how many samples were lost. */
  played(pcm24k: Int16Array, at: number): number {
    const { end } = this.#track;
    return this.#track.write(at - end > GAP ? at : end, pcm24k);
  }

  /** The last `unheard` samples that were played will not be heard. */
  flushed(unheard: number): void {
    this.#track.cut(this.#track.end - unheard, FADE);
  }

  get hasSound(): boolean {
    return this.#track.hasSound;
  }

  take(frame: Int16Array): boolean {
    return this.#track.take(frame);
  }
}
