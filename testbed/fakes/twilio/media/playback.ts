import { FRAME_SAMPLES } from '../line/mulaw';
import { BEAT_MS } from '../time';

type Piece = { readonly kind: 'frame'; readonly mulaw: Uint8Array } | { readonly kind: 'mark'; readonly name: string };

/** A pause within speech that is shorter is a gap, a longer one is the end of a turn. */
const MOST_GAP_BEATS = 10;

/**
 * Twilio's buffer of a customer's audio: played in order, 20 ms a beat, without an upper bound. Marks are echoed when all
 * before them has been played, at once where nothing is left, and all at once on `clear`.
 */
export class Playback {
  readonly #queue: Piece[] = [];
  readonly #onEcho: (name: string, wasPlayed: boolean) => void;
  #frames = 0;
  #isPlaying = false;
  #mostUnheardMs = 0;
  #underruns = 0;
  #idleBeats = Infinity;

  constructor(onEcho: (name: string, wasPlayed: boolean) => void) {
    this.#onEcho = onEcho;
  }

  /** Taken and not played yet; what is being played counts as played. */
  get unheardMs(): number {
    return this.#frames * BEAT_MS;
  }

  get mostUnheardMs(): number {
    return this.#mostUnheardMs;
  }

  get isIdle(): boolean {
    return this.#frames === 0 && !this.#isPlaying;
  }

  /** Gaps within speech: the bot was late. */
  get underruns(): number {
    return this.#underruns;
  }

  /**
   * @param mulaw whole frames
   * @param overdueBeats beats that this process is late with: by the line's own clock they have played already
   */
  media(mulaw: Uint8Array, overdueBeats = 0): void {
    for (let at = 0; at < mulaw.length; at += FRAME_SAMPLES) {
      this.#queue.push({ kind: 'frame', mulaw: mulaw.subarray(at, at + FRAME_SAMPLES) });
      this.#frames += 1;
    }
    this.#mostUnheardMs = Math.max(this.#mostUnheardMs, this.unheardMs - overdueBeats * BEAT_MS);
  }

  mark(name: string): void {
    this.#queue.push({ kind: 'mark', name });
    if (this.isIdle) this.#echoDue();
  }

  /** @returns how much was never heard, in ms */
  clear(overdueBeats = 0): number {
    const unheardMs = Math.max(0, this.unheardMs - overdueBeats * BEAT_MS);
    this.#frames = 0;
    this.#idleBeats = Infinity;
    for (const piece of this.#queue.splice(0)) if (piece.kind === 'mark') this.#onEcho(piece.name, false);
    return unheardMs;
  }

  /** A beat: what was played is over, and what is played now is returned; undefined: silence. */
  beat(): Uint8Array | undefined {
    this.#isPlaying = false;
    this.#echoDue();
    const piece = this.#queue.shift();
    if (piece?.kind !== 'frame') {
      this.#idleBeats += 1;
      return undefined;
    }
    if (this.#idleBeats > 0 && this.#idleBeats <= MOST_GAP_BEATS) this.#underruns += 1;
    this.#idleBeats = 0;
    this.#frames -= 1;
    this.#isPlaying = true;
    return piece.mulaw;
  }

  /** Echoes the marks at the head of the queue. */
  #echoDue(): void {
    for (let [piece] = this.#queue; piece?.kind === 'mark'; [piece] = this.#queue) {
      this.#queue.shift();
      this.#onEcho(piece.name, true);
    }
  }
}
