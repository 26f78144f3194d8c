import type * as Libopus from 'libopus-wasm' with { 'resolution-mode': 'import' };
import { msToSamples } from '../../audio';

export const FRAME_MS = 20;
/** Silent frames after which the encoder has decayed and produces the same packet each time. */
const DECAY_FRAMES = 16;

/** Encodes one side of a call, 20 ms at a time; silence costs next to nothing. */
export class SideEncoder {
  readonly frameSamples: number;
  readonly #encoder: Libopus.OpusEncoderHandle;
  readonly #rateHz: number;
  #bitrate = 0;
  #silentFrames = 0;
  #silentPacket: Uint8Array | undefined;

  private constructor(encoder: Libopus.OpusEncoderHandle, rateHz: number) {
    this.#encoder = encoder;
    this.#rateHz = rateHz;
    this.frameSamples = msToSamples(FRAME_MS, rateHz);
  }

  /** @param rateHz of mono sound. @throws when there is no encoder to be had */
  static async create(rateHz: 16_000 | 24_000): Promise<SideEncoder> {
    const { Application, createEncoder, Signal } = await import('libopus-wasm');
    const encoder = await createEncoder({
      channels: 1,
      sampleRate: rateHz,
      application: Application.Audio,
      // Taken for music it is encoded with CELT, which takes a third of the time of SILK.
      signal: Signal.Music,
      complexity: 0,
    });
    return new SideEncoder(encoder, rateHz);
  }

  /** How late the encoder is. */
  get lookaheadMs(): number {
    return (this.#encoder.getLookahead() * 1000) / this.#rateHz;
  }

  /** A packet of one frame. */
  encode(pcm: Int16Array, bitrate: number): Uint8Array {
    this.#silentFrames = 0;
    if (bitrate !== this.#bitrate) this.#encoder.setBitrate(bitrate);
    this.#bitrate = bitrate;
    return this.#encodeFrame(pcm);
  }

  /** A packet of silence: the decay of the last sound at first, then one that is kept. @param silence a frame of zeros */
  encodeSilence(silence: Int16Array): Uint8Array {
    this.#silentFrames += 1;
    if (this.#silentFrames <= DECAY_FRAMES) return this.#encodeFrame(silence);
    return (this.#silentPacket ??= this.#encodeFrame(silence));
  }

  /** To be called once, and nothing after it. */
  free(): void {
    this.#encoder.free();
  }

  #encodeFrame(pcm: Int16Array): Uint8Array {
    return this.#encoder.encode(pcm, { frameSize: this.frameSamples });
  }
}
