import { type Clock, RateLimit } from '../../time';
import { decodeMulaw } from './mulaw';
import { Upsampler } from './resample';

/** µ-law bytes in a millisecond. */
const BYTES_A_MS = 8;
/** A hole shorter than this is the network's unevenness. */
const HOLE_MS = 40;
/** More silence than this at once is nothing that anybody has to sit through. */
const MOST_SILENCE_MS = 2_000;
/** A piece that is missing is waited for until so many have come after it. */
const MOST_HELD = 3;
/** A chunk that is so far from the one that is due, 10 s, counts anew: one wrong number must not silence the caller. */
const FAR_CHUNKS = 500;
/* Sound may come three times as fast as it is spoken, after a stall for 6 s at once; a flood is not decoded. */
const BURST_MS = 6_000;
const MS_PER_SECOND = 3_000;
/** Longer than any piece that Twilio sends; the rest is cut off. */
const MOST_BYTES = 1_000 * BYTES_A_MS;

interface Piece {
  readonly timestampMs: number;
  readonly mulaw: Buffer;
}

/**
 * The caller's voice coming in: messages in order of their chunks become 16 kHz audio. Where Twilio sent nothing and the
 * time for it did not pass here, as after a hold-up on the way, what is missing is silence; elsewhere the model was given
 * silence already, as time passed.
 */
export class VoiceIn {
  readonly #clock: Clock;
  readonly #onAudio: (pcm16k: Int16Array) => void;
  readonly #limit: RateLimit;
  readonly #up = new Upsampler();
  readonly #held = new Map<number, Piece>();
  #nextChunk: number | undefined;
  /** Where the audio ends that was given on, in the stream's time and in ours. */
  #endsAtMs: number | undefined;
  #gaveAtMs = 0;

  constructor(clock: Clock, onAudio: (pcm16k: Int16Array) => void) {
    this.#clock = clock;
    this.#limit = new RateLimit({ clock, burst: BURST_MS, perSecond: MS_PER_SECOND });
    this.#onAudio = onAudio;
  }

  /** @param payload base64 */
  take(chunk: number, timestampMs: number, payload: string): void {
    if (Math.abs(chunk - (this.#nextChunk ?? chunk)) > FAR_CHUNKS) {
      this.#held.clear();
      this.#nextChunk = chunk;
    }
    const next = this.#nextChunk ?? chunk;
    if (chunk < next || this.#held.has(chunk)) return;
    this.#held.set(chunk, { timestampMs, mulaw: Buffer.from(payload, 'base64') });
    this.#nextChunk = this.#held.size > MOST_HELD ? Math.min(...this.#held.keys()) : next;
    for (let piece = this.#takeNext(); piece !== undefined; piece = this.#takeNext()) this.#give(piece);
  }

  #takeNext(): Piece | undefined {
    const chunk = this.#nextChunk;
    const piece = chunk === undefined ? undefined : this.#held.get(chunk);
    if (chunk === undefined || piece === undefined) return undefined;
    this.#held.delete(chunk);
    this.#nextChunk = chunk + 1;
    return piece;
  }

  #give({ timestampMs, mulaw }: Piece): void {
    const bytes = mulaw.subarray(0, MOST_BYTES);
    const lastsMs = bytes.length / BYTES_A_MS;
    const nowMs = this.#clock.nowMs();
    const holeMs = this.#endsAtMs === undefined ? 0 : timestampMs - this.#endsAtMs;
    const missingMs = holeMs > HOLE_MS ? Math.min(MOST_SILENCE_MS, holeMs - (nowMs - this.#gaveAtMs)) : 0;
    if (lastsMs === 0 || !this.#limit.take(lastsMs + Math.max(0, missingMs))) return;
    if (missingMs > 0) this.#onAudio(this.#up.push(new Int16Array(Math.round(missingMs) * BYTES_A_MS)));
    this.#endsAtMs = timestampMs + lastsMs;
    this.#gaveAtMs = nowMs;
    this.#onAudio(this.#up.push(decodeMulaw(bytes)));
  }
}
