import { type Clock, RateLimit } from '../../time';
import { JitterBuffer } from './jitter-buffer';
import type { VoiceDecoder } from './opus';
import { opusPacketMs } from './opus-packet';
import type { Presence } from './presence';
import type { RtpPacket } from './rtp';

/* Sound may come three times as fast as it is spoken, after a stall for 6 s at once; a flood is not decoded. */
const SOUND_BURST_MS = 6_000;
const SOUND_MS_PER_SECOND = 3_000;
/** A packet counts for so much at least: 400 a second of 2.5 ms are taken, and no more than 600. */
const MIN_COUNTED_MS = 5;

export interface ReceiverCounts {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsLate: number;
  readonly packetsUndecodable: number;
  readonly packetsRefused: number;
}

type VoiceReceiverOptions = {
  decoder: Pick<VoiceDecoder, 'decode' | 'failures'>;
  presence: Presence;
  clock: Clock;
};

/** The caller's voice coming in: packets in any order become 16 kHz audio in order. */
export class VoiceReceiver {
  readonly #options: VoiceReceiverOptions;
  readonly #limit: RateLimit;
  #jitter = new JitterBuffer();
  #ssrc: number | undefined;
  #before = { received: 0, lost: 0, late: 0 };
  #refused = 0;

  /** Takes the caller's audio, 16 kHz; while undefined it is dropped. */
  listener: { onAudio(pcm16k: Int16Array): void } | undefined;

  constructor(options: VoiceReceiverOptions) {
    this.#options = options;
    this.#limit = new RateLimit({ clock: options.clock, burst: SOUND_BURST_MS, perSecond: SOUND_MS_PER_SECOND });
  }

  get counts(): ReceiverCounts {
    const { received, lost, late } = this.#jitter.counts;
    return {
      packetsReceived: this.#before.received + received,
      packetsLost: this.#before.lost + lost,
      packetsLate: this.#before.late + late,
      packetsUndecodable: this.#options.decoder.failures,
      packetsRefused: this.#refused,
    };
  }

  /** A packet of the voice's source without voice in it (padding, comfort noise, a key) comes with no payload. */
  take(packet: RtpPacket): void {
    const { clock, decoder, presence } = this.#options;
    const nowMs = clock.nowMs();
    presence.seen(nowMs);
    if (!this.#limit.take(Math.max(MIN_COUNTED_MS, opusPacketMs(packet.payload)))) {
      this.#refused += 1;
      return;
    }
    if (packet.payload.length === 0 && packet.ssrc !== this.#ssrc) return;
    if (packet.ssrc !== this.#ssrc) this.#beginAnew(packet.ssrc);
    for (const due of this.#jitter.push(packet, nowMs)) this.listener?.onAudio(decoder.decode(due));
  }

  /** Call it every 20 ms or so: gives up holes behind which nothing more comes. */
  poll(): void {
    const { clock, decoder } = this.#options;
    for (const due of this.#jitter.poll(clock.nowMs())) this.listener?.onAudio(decoder.decode(due));
  }

  /** Another source, such as a new connection, numbers its packets anew. */
  #beginAnew(ssrc: number): void {
    const { received, lost, late } = this.#jitter.counts;
    const before = this.#before;
    this.#before = { received: before.received + received, lost: before.lost + lost, late: before.late + late };
    this.#jitter = new JitterBuffer();
    this.#ssrc = ssrc;
  }
}
