import { setImmediate } from 'node:timers/promises';
import type * as Libopus from 'libopus-wasm' with { 'resolution-mode': 'import' };
import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ } from '../../audio';
import type { Playable } from './jitter-buffer';

/** One packet's worth of the bot's speech: 20 ms at 24 kHz. */
export const FRAME_SAMPLES = 480;
export const FRAME_MS = 20;

/**
 * How the voice is encoded; what each costs and how it sounds is in docs/performance.md. On a clean line CELT, which takes a
 * third of the time of the other and is nearer to the original. On one that loses packets SILK, whose packets hold
 * a rough copy of the frame before: with less loss than this expected, or less effort, there is no room for the copies.
 */
const CLEAN = { celt: true, bitrate: 40_000, complexity: 0, expectedLossPercent: 0 } as const;
const PROTECTED = { celt: false, bitrate: 32_000, complexity: 2, expectedLossPercent: 15 } as const;
/** Silent frames after which the encoder has decayed and produces the same packet each time (measured: 14, then 3 bytes each). */
const DECAY_FRAMES = 16;

/** Makes coders; libopus runs in WebAssembly, whose memory a bad packet cannot leave. */
export class OpusCodec {
  readonly #libopus: typeof Libopus;

  private constructor(libopus: typeof Libopus) {
    this.#libopus = libopus;
  }

  /** Loads libopus. It is an ES module, hence `import()` from this CommonJS program. */
  static async load(): Promise<OpusCodec> {
    return new OpusCodec(await import('libopus-wasm'));
  }

  /** Encodes 24 kHz mono, 20 ms or less at a time. */
  async createEncoder(): Promise<VoiceEncoder> {
    const { Application, Signal } = this.#libopus;
    const encoder = await this.#libopus.createEncoder({
      channels: 1,
      sampleRate: MODEL_OUTPUT_HZ,
      // Not Voip, which filters away the low end: that is for microphones, and this voice comes clean from the model.
      application: Application.Audio,
    });
    return new VoiceEncoder(encoder, Signal);
  }

  /** Decodes to 16 kHz mono. */
  async createDecoder(): Promise<VoiceDecoder> {
    return new VoiceDecoder(await this.#libopus.createDecoder({ channels: 1, sampleRate: MODEL_INPUT_HZ }));
  }

  /** The first frames through fresh WebAssembly cost ten times as much; better now than in the first call. Never rejects. */
  async warmUp(): Promise<void> {
    const encoder = await this.createEncoder();
    const decoder = await this.createDecoder();
    const noise = new Int16Array(FRAME_SAMPLES);
    for (let frame = 0; frame < 50; frame += 1) {
      // What comes in meanwhile is served.
      await setImmediate();
      encoder.isProtected = frame < 25;
      noise.forEach((_, index) => (noise[index] = ((index * 7919 + frame * 104_729) % 8192) - 4096));
      decoder.decode({ kind: 'packet', payload: encoder.encode(noise) });
    }
    encoder.free();
    decoder.free();
  }
}

/** Encodes the bot's voice; silence costs next to nothing. */
export class VoiceEncoder {
  readonly #encoder: Libopus.OpusEncoderHandle;
  readonly #signal: typeof Libopus.Signal;
  #isProtected = false;
  #silence = new Int16Array(FRAME_SAMPLES);
  #silentFrames = 0;
  #silentPacket: Uint8Array | undefined;

  constructor(encoder: Libopus.OpusEncoderHandle, signal: typeof Libopus.Signal) {
    this.#encoder = encoder;
    this.#signal = signal;
    this.#configure();
  }

  /** Whether what is encoded from now on can be recovered from the packet that follows it. */
  set isProtected(isProtected: boolean) {
    if (isProtected === this.#isProtected) return;
    this.#isProtected = isProtected;
    this.#configure();
  }

  /** @param pcm24k FRAME_SAMPLES, or the half or a quarter of it */
  encode(pcm24k: Int16Array): Uint8Array {
    this.#silentFrames = 0;
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

  free(): void {
    this.#encoder.free();
  }

  #configure(): void {
    const { celt, bitrate, complexity, expectedLossPercent } = this.#isProtected ? PROTECTED : CLEAN;
    // Taken for music it is encoded with CELT, for voice with SILK.
    this.#encoder.setSignal(celt ? this.#signal.Music : this.#signal.Voice);
    this.#encoder.setBitrate(bitrate);
    this.#encoder.setComplexity(complexity);
    this.#encoder.setFec(expectedLossPercent > 0);
    this.#encoder.setPacketLossPercent(expectedLossPercent);
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
