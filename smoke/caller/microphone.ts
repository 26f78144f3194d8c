import type * as Libopus from 'libopus-wasm' with { 'resolution-mode': 'import' };
import type { BadLine } from './bad-line';
import { packRtp } from './rtp';
import type { Beat } from './time';
import { nowMs } from './time';

/** Rates at which speech can be given; Opus takes each as it is. */
export type SpeechRateHz = 16_000 | 24_000 | 48_000;

/** When something was said: the sending of its first and of its last packet. */
export interface Said {
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface MicrophoneOptions {
  readonly ssrc: number;
  readonly beat: Beat;
  readonly send: (packet: Buffer) => void;
  readonly line: BadLine | undefined;
}

interface Utterance {
  readonly pcm: Int16Array;
  readonly rateHz: SpeechRateHz;
  offset: number;
  startedMs: number;
  readonly done: (said: Said) => void;
}

const FRAME_MS = 20;
const FRAME_TICKS = 960;
/** As Chrome's default for voice. */
const BITRATE = 32_000;
const DECAY_FRAMES = 12;

/** The caller's microphone: 20 ms Opus packets for ever, of speech when there is some, of silence otherwise. */
export class Microphone {
  readonly #libopus: typeof Libopus;
  readonly #encoders = new Map<SpeechRateHz, Libopus.OpusEncoderHandle>();
  readonly #utterances: Utterance[] = [];
  #unsubscribe: () => void = () => undefined;
  readonly #header = { payloadType: 111, ssrc: 0 };
  readonly #send: (packet: Buffer) => void;
  readonly #line: BadLine | undefined;
  #sequence = Math.floor(Math.random() * 30_000);
  #timestamp = Math.floor(Math.random() * 1e9);
  #rateHz: SpeechRateHz = 16_000;
  #silentFrames = 0;
  #silentPacket: Uint8Array | undefined;
  #muted = false;
  #stopped = false;

  private constructor(libopus: typeof Libopus, options: MicrophoneOptions) {
    this.#libopus = libopus;
    this.#line = options.line;
    this.#header.ssrc = options.ssrc;
    this.#send = options.send;
  }

  static async open(libopus: typeof Libopus, options: MicrophoneOptions): Promise<Microphone> {
    const microphone = new Microphone(libopus, options);
    await microphone.#encoderFor(16_000);
    // Not before there is something to encode with: a shared beat may be running already.
    microphone.#unsubscribe = options.beat.subscribe(() => microphone.#beat());
    return microphone;
  }

  /** A muted microphone goes on sending, silence; what is said meanwhile is not heard. */
  set muted(muted: boolean) {
    this.#muted = muted;
  }

  /** Says it after what is being said; resolves when the last of it has been sent. */
  async say(pcm: Int16Array, rateHz: SpeechRateHz): Promise<Said> {
    await this.#encoderFor(rateHz);
    if (this.#stopped) throw new Error('the caller has hung up');
    return new Promise((done) => this.#utterances.push({ pcm, rateHz, offset: 0, startedMs: 0, done }));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#unsubscribe();
    const now = nowMs();
    for (const utterance of this.#utterances.splice(0)) {
      utterance.done({ startedMs: utterance.startedMs || now, endedMs: now });
    }
    for (const encoder of this.#encoders.values()) encoder.free();
  }

  #beat(): void {
    const utterance = this.#utterances[0];
    const payload = utterance === undefined ? this.#silence() : this.#speech(utterance);
    const marker = utterance !== undefined && utterance.offset === 0;
    if (this.#line?.isLost() !== true)
      this.#send(packRtp({ ...this.#header, marker, sequence: this.#sequence, timestamp: this.#timestamp }, payload));
    this.#sequence = (this.#sequence + 1) % 0x1_0000;
    this.#timestamp = (this.#timestamp + FRAME_TICKS) % 0x1_0000_0000;
    if (utterance === undefined) return;
    if (utterance.startedMs === 0) utterance.startedMs = nowMs();
    if (utterance.offset < utterance.pcm.length) return;
    this.#utterances.shift();
    utterance.done({ startedMs: utterance.startedMs, endedMs: nowMs() });
  }

  #speech(utterance: Utterance): Uint8Array {
    this.#rateHz = utterance.rateHz;
    this.#silentFrames = 0;
    const frame = new Int16Array((utterance.rateHz * FRAME_MS) / 1000);
    if (!this.#muted) frame.set(utterance.pcm.subarray(utterance.offset, utterance.offset + frame.length));
    utterance.offset += frame.length;
    return this.#encode(frame);
  }

  #silence(): Uint8Array {
    this.#silentFrames += 1;
    if (this.#silentFrames === 1) this.#silentPacket = undefined;
    const isSettled = this.#silentFrames > DECAY_FRAMES && this.#line === undefined;
    if (isSettled && this.#silentPacket !== undefined) return this.#silentPacket;
    this.#silentPacket = this.#encode(new Int16Array((this.#rateHz * FRAME_MS) / 1000));
    return this.#silentPacket;
  }

  #encode(frame: Int16Array): Uint8Array {
    const encoder = this.#encoders.get(this.#rateHz);
    if (encoder === undefined) throw new Error('no encoder for this rate');
    return encoder.encode(this.#line?.carry(frame) ?? frame);
  }

  async #encoderFor(rateHz: SpeechRateHz): Promise<void> {
    if (this.#encoders.has(rateHz)) return;
    const { Application, Signal } = this.#libopus;
    const encoder = await this.#libopus.createEncoder({
      channels: 1,
      sampleRate: rateHz,
      // Opus's voice mode filters the low end away, which costs a fifth of the likeness and would hide real damage.
      application: Application.Audio,
      signal: Signal.Voice,
      bitrate: BITRATE,
      complexity: 5,
      fec: true,
      packetLossPercent: 5,
    });
    if (this.#stopped || this.#encoders.has(rateHz)) encoder.free();
    else this.#encoders.set(rateHz, encoder);
  }
}
