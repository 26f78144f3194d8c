import { MODEL_OUTPUT_HZ, msToSamples, withGain } from '../audio';
import type { Ticker } from '../time';
import type { CallTransport } from '../transport/transport';

const FRAME_MS = 20;
const FRAME_SAMPLES = msToSamples(FRAME_MS, MODEL_OUTPUT_HZ);

/** Who decides how loud the bot's voice is. */
export interface Loudness {
  /** The gain of the frame that is sent now, from 0 to 1. */
  gain(): number;
  /** What was to be heard has been dropped. */
  flushed(): void;
}

interface VoiceOutputOptions {
  readonly transport: Pick<CallTransport, 'play' | 'flush' | 'queuedMs'>;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
  /** How much of a sound is kept ahead in the transport. */
  readonly leadMs: number;
  /** The voice is as loud as the model made it where this is left out. */
  readonly loudness?: Loudness | undefined;
  /** A sound could not be flushed. */
  readonly onError: (error: unknown) => void;
}

/**
 * The last step before the transport: the bot's voice at the loudness of the moment, or, while the bot is silent, a sound
 * that repeats. The sound is nobody's speech: what is queued of it counts as nothing, and the first frame of voice ends it.
 */
export class VoiceOutput {
  readonly #options: VoiceOutputOptions;
  #gain = 1;
  #stopSound: (() => void) | undefined;

  constructor(options: VoiceOutputOptions) {
    this.#options = options;
  }

  /** Voice taken and not yet on its way to the caller, in ms. */
  get queuedMs(): number {
    return this.#stopSound === undefined ? this.#options.transport.queuedMs : 0;
  }

  get hasSound(): boolean {
    return this.#stopSound !== undefined;
  }

  /** A frame of the bot's voice, 24 kHz. */
  play(pcm24k: Int16Array): void {
    this.stopSound();
    const gain = this.#options.loudness?.gain() ?? 1;
    this.#options.transport.play(withGain(pcm24k, this.#gain, gain));
    this.#gain = gain;
  }

  flush(): Promise<void> {
    this.#gain = 1;
    this.#options.loudness?.flushed();
    this.#stopSound?.();
    this.#stopSound = undefined;
    return this.#options.transport.flush();
  }

  /** Repeats `pcm24k` until it is stopped or the bot speaks; nothing while the bot is heard or a sound is. */
  startSound(pcm24k: Int16Array): void {
    const { transport, ticker, leadMs } = this.#options;
    const framesAhead = Math.ceil(leadMs / FRAME_MS);
    if (this.#stopSound !== undefined || transport.queuedMs > 0 || pcm24k.length < FRAME_SAMPLES) return;
    let at = 0;
    const playOn = (): void => {
      // Bounded, because a transport that has closed takes everything and queues nothing.
      for (let frame = 0; frame < framesAhead && transport.queuedMs < leadMs; frame += 1) {
        if (at + FRAME_SAMPLES > pcm24k.length) at = 0;
        transport.play(pcm24k.slice(at, at + FRAME_SAMPLES));
        at += FRAME_SAMPLES;
      }
    };
    this.#stopSound = ticker.subscribe(playOn);
    playOn();
  }

  /** Silence within one frame. Idempotent. */
  stopSound(): void {
    if (this.#stopSound === undefined) return;
    this.#stopSound();
    this.#stopSound = undefined;
    // What is played next goes behind the flush: nobody has to wait for it.
    this.#options.transport.flush().catch(this.#options.onError);
  }
}
