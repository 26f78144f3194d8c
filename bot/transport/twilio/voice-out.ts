import { samplesToMs } from '../../audio';
import type { Clock } from '../../time';
import { Heard } from './heard';
import type { StreamWriter } from './messages';
import { encodeMulaw, MULAW_SILENCE } from './mulaw';
import { Downsampler } from './resample';

const RATE_HZ = 8_000;
/** 20 ms: pieces of another size are heard as stutter. */
const FRAME_BYTES = 160;
const FRAME_MS = 20;
const MARK_EVERY_MS = 200;
/** Beats without anything to play after which the turn is over, or the model late. */
const IDLE_BEATS = 3;

interface VoiceOutOptions {
  readonly clock: Clock;
  readonly writer: StreamWriter;
  readonly send: (message: string) => void;
}

/** The bot's voice on its way to a telephone: 24 kHz in, frames of µ-law out at once, and marks that tell what was heard. */
export class VoiceOut {
  readonly #options: VoiceOutOptions;
  readonly #heard: Heard;
  readonly #down = new Downsampler();
  readonly #frame = Buffer.alloc(FRAME_BYTES);
  /** Bytes of the frame that is being filled. */
  #filled = 0;
  #idleBeats = 0;
  /** The filter holds the last of what was played. */
  #holdsTail = false;

  constructor(options: VoiceOutOptions) {
    this.#options = options;
    this.#heard = new Heard(options.clock);
  }

  /** Played and not heard, in ms. */
  get queuedMs(): number {
    return this.#heard.unheardMs + samplesToMs(this.#filled, RATE_HZ);
  }

  play(pcm24k: Int16Array): void {
    this.#idleBeats = 0;
    this.#holdsTail = true;
    this.#put(this.#down.push(pcm24k));
    if (this.#heard.unmarkedMs >= MARK_EVERY_MS) this.#mark();
  }

  /** Once every 20 ms: where nothing more comes, what is left is sent, and a mark after it. */
  beat(): void {
    this.#idleBeats += 1;
    if (this.#idleBeats < IDLE_BEATS) return;
    if (this.#holdsTail) {
      this.#holdsTail = false;
      this.#put(this.#down.drain());
      this.#complete();
    }
    if (this.#heard.unmarkedMs > 0) this.#mark();
  }

  /** Silence at once, of the filter's rest too. */
  flush(): void {
    const { send, writer } = this.#options;
    this.#heard.flush();
    this.#down.reset();
    this.#filled = 0;
    this.#idleBeats = 0;
    this.#holdsTail = false;
    send(writer.clear());
  }

  echoed(mark: string): void {
    this.#heard.echoed(mark);
  }

  #put(pcm8k: Int16Array): void {
    for (let taken = 0; taken < pcm8k.length;) {
      const piece = pcm8k.subarray(taken, taken + FRAME_BYTES - this.#filled);
      encodeMulaw(piece, this.#frame.subarray(this.#filled));
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === FRAME_BYTES) this.#sendFrame();
    }
  }

  #complete(): void {
    if (this.#filled === 0) return;
    this.#frame.fill(MULAW_SILENCE, this.#filled);
    this.#sendFrame();
  }

  #sendFrame(): void {
    const { send, writer } = this.#options;
    this.#filled = 0;
    send(writer.media(this.#frame));
    this.#heard.sent(FRAME_MS);
  }

  #mark(): void {
    const { send, writer } = this.#options;
    send(writer.mark(this.#heard.mark()));
  }
}
