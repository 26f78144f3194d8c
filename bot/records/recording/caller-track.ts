import { MODEL_INPUT_HZ, msToSamples, rms } from '../../audio';
import { Track } from './track';

const samples = (ms: number): number => msToSamples(ms, MODEL_INPUT_HZ);

/** Sound that comes this much later than it would follow what was there came after a silence, rather than late. */
const GAP = samples(100);
/** Sound may be ahead of the time that has passed by so much; more of it than that has no place. */
const MOST_AHEAD = samples(200);
/** So far the caller's clock and ours may be apart before it is made good… */
const DRIFT = samples(10);
/** …which waits for a quiet moment until they are so far apart. */
const MOST_DRIFT = samples(35);
const QUIET_RMS = 0.01;
/** Of so many pieces the one that was least held up on its way says where they belong. */
const WINDOW = 50;

interface Piece {
  readonly pcm16k: Int16Array;
  readonly isSecret: boolean;
}

/**
 * The caller's side at the places where it came in. Pieces that came at once, as behind a hole in the line, end when they
 * came; what came a little late follows what was there; and a clock of the caller's that is fast or slow is made good.
 */
export class CallerTrack {
  readonly #track: Track;
  readonly #pieces: Piece[] = [];
  #waiting = 0;
  #arrivedAt = 0;
  #least = Infinity;
  #seen = 0;
  #begun = false;

  constructor(capacityMs: number) {
    this.#track = new Track(samples(capacityMs));
  }

  /** @param at the sample that is now @param isSecret it leaves a silence as long as it is */
  heard(pcm16k: Int16Array, at: number, isSecret: boolean): void {
    this.#pieces.push({ pcm16k, isSecret });
    this.#waiting += pcm16k.length;
    this.#arrivedAt = at;
  }

  /** Puts what has come since the last time to its place. Returns how many samples were lost. */
  settle(): number {
    if (this.#waiting === 0) return 0;
    const { end } = this.#track;
    const late = this.#arrivedAt - this.#waiting - end;
    let at = end;
    if (!this.#begun || late > GAP) {
      at = Math.max(end, end + late);
      this.#reset();
    } else at += this.#correction(late);
    this.#begun = true;
    let lost = 0;
    for (const { pcm16k, isSecret } of this.#pieces.splice(0)) {
      const room = Math.max(0, this.#arrivedAt + MOST_AHEAD - at);
      const piece = pcm16k.subarray(0, room);
      lost += pcm16k.length - piece.length + this.#track.write(at, isSecret ? new Int16Array(piece.length) : piece);
      at += piece.length;
    }
    this.#waiting = 0;
    return lost;
  }

  get hasSound(): boolean {
    return this.#track.hasSound;
  }

  take(frame: Int16Array): boolean {
    return this.#track.take(frame);
  }

  /** By how many samples what comes next is to be moved: later, or over the end of what is there. */
  #correction(late: number): number {
    this.#least = Math.min(this.#least, late);
    this.#seen += 1;
    if (this.#seen < WINDOW) return 0;
    const off = this.#least;
    this.#reset();
    const isQuiet = this.#pieces.every(({ pcm16k }) => rms(pcm16k) < QUIET_RMS);
    return Math.abs(off) > (isQuiet ? DRIFT : MOST_DRIFT) ? off : 0;
  }

  #reset(): void {
    this.#least = Infinity;
    this.#seen = 0;
  }
}
