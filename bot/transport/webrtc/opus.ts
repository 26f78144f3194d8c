import type * as Libopus from 'libopus-wasm' with { 'resolution-mode': 'import' };
import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ } from '../../audio';
import type { Playable } from './jitter-buffer';

/** One packet's worth of the bot's speech: 20 ms at 24 kHz. */
export const FRAME_SAMPLES = 480;
export const FRAME_MS = 20;

const BITRATE = 32_000;
/** Takes half the time of libopus's default of 10, inaudibly: encoding is the largest cost of a call. */
const COMPLEXITY = 5;
/** From this many voices on, complexity drops and encoding takes half the time again: being in time matters more than quality. */
export const MANY_VOICES = 20;
const COMPLEXITY_OF_MANY = 1;
/** Makes the encoder put a rough copy of each frame into the next, at a cost of a few kb/s. */
const EXPECTED_LOSS_PERCENT = 5;
/** Silent frames after which the encoder has decayed and produces the same packet each time (measured: 6). */
const DECAY_FRAMES = 12;

/** Makes coders; libopus runs in WebAssembly, whose memory a bad packet cannot leave. */
export class OpusCodec {
  readonly #libopus: typeof Libopus;
  #voices = 0;

  private constructor(libopus: typeof Libopus) {
    this.#libopus = libopus;
  }

  /** Loads libopus. It is an ES module, hence `import()` from this CommonJS program. */
  static async load(): Promise<OpusCodec> {
    const codec = new OpusCodec(await import('libopus-wasm'));
    await codec.#warmUp();
    return codec;
  }

  /** Encodes 24 kHz mono, 20 ms or less at a time. */
  async createEncoder(): Promise<VoiceEncoder> {
    const { Application, Signal } = this.#libopus;
    const encoder = await this.#libopus.createEncoder({
      channels: 1,
      sampleRate: MODEL_OUTPUT_HZ,
      // Not Voip, which filters away the low end: that is for microphones, and this voice comes clean from the model.
      application: Application.Audio,
      signal: Signal.Voice,
      bitrate: BITRATE,
      complexity: COMPLEXITY,
      fec: true,
      packetLossPercent: EXPECTED_LOSS_PERCENT,
    });
    this.#voices += 1;
    return new VoiceEncoder(encoder, {
      complexity: () => (this.#voices < MANY_VOICES ? COMPLEXITY : COMPLEXITY_OF_MANY),
      onFree: () => (this.#voices -= 1),
    });
  }

  /** Decodes to 16 kHz mono. */
  async createDecoder(): Promise<VoiceDecoder> {
    return new VoiceDecoder(await this.#libopus.createDecoder({ channels: 1, sampleRate: MODEL_INPUT_HZ }));
  }

  /** The first frames through fresh WebAssembly cost ten times as much; better now than in the first call. */
  async #warmUp(): Promise<void> {
    const encoder = await this.createEncoder();
    const decoder = await this.createDecoder();
    const noise = new Int16Array(FRAME_SAMPLES);
    for (let frame = 0; frame < 50; frame += 1) {
      noise.forEach((_, index) => (noise[index] = ((index * 7919 + frame * 104_729) % 8192) - 4096));
      decoder.decode({ kind: 'packet', payload: encoder.encode(noise) });
    }
    encoder.free();
    decoder.free();
  }
}

type Effort = { readonly complexity: () => number; readonly onFree: () => void };

/** Encodes the bot's voice; silence costs next to nothing. */
export class VoiceEncoder {
  readonly #encoder: Libopus.OpusEncoderHandle;
  readonly #effort: Effort;
  #complexity = COMPLEXITY;
  #silence = new Int16Array(FRAME_SAMPLES);
  #silentFrames = 0;
  #silentPacket: Uint8Array | undefined;

  constructor(encoder: Libopus.OpusEncoderHandle, effort: Effort) {
    this.#encoder = encoder;
    this.#effort = effort;
  }

  /** @param pcm24k FRAME_SAMPLES, or the half or a quarter of it */
  encode(pcm24k: Int16Array): Uint8Array {
    this.#silentFrames = 0;
    this.#followEffort();
    return this.#encoder.encode(pcm24k, { frameSize: pcm24k.length });
  }

  /** A frame of silence: the decay of the last sound at first, then a packet kept from before. */
  encodeSilence(samples = FRAME_SAMPLES): Uint8Array {
    if (samples !== this.#silence.length) {
      this.#silence = new Int16Array(samples);
      this.#silentPacket = undefined;
    }
    this.#silentFrames += 1;
    if (this.#silentFrames <= DECAY_FRAMES)
      return this.#encoder.encode(this.#silence, { frameSize: this.#silence.length });
    this.#silentPacket ??= this.#encoder.encode(this.#silence, { frameSize: this.#silence.length });
    return this.#silentPacket;
  }

  /** Once. */
  free(): void {
    this.#effort.onFree();
    this.#encoder.free();
  }

  #followEffort(): void {
    const complexity = this.#effort.complexity();
    if (complexity === this.#complexity) return;
    this.#complexity = complexity;
    this.#encoder.setComplexity(complexity);
  }
}

/** Decodes the caller's voice and makes up what was lost. */
export class VoiceDecoder {
  readonly #decoder: Libopus.OpusDecoderHandle;
  #failures = 0;

  constructor(decoder: Libopus.OpusDecoderHandle) {
    this.#decoder = decoder;
  }

  /** Packets that were no Opus; each is replaced like a lost one. */
  get failures(): number {
    return this.#failures;
  }

  /** 16 kHz mono; empty when nothing can be made of it. Never throws. */
  decode(playable: Playable): Int16Array {
    try {
      switch (playable.kind) {
        case 'packet':
          return this.#decoder.decode(playable.payload);
        case 'recover':
          return this.#decoder.decode(playable.nextPayload, {
            decodeFec: true,
            frameSize: samples(playable.durationMs),
          });
        case 'conceal':
          return this.#decoder.decodePacketLoss(samples(playable.durationMs));
      }
    } catch {
      this.#failures += 1;
      return this.#conceal();
    }
  }

  free(): void {
    this.#decoder.free();
  }

  #conceal(): Int16Array {
    try {
      return this.#decoder.decodePacketLoss(samples(FRAME_MS));
    } catch {
      return new Int16Array(0);
    }
  }
}

function samples(durationMs: number): number {
  return (durationMs * MODEL_INPUT_HZ) / 1000;
}
