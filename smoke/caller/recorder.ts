import type * as Libopus from 'libopus-wasm' with { 'resolution-mode': 'import' };
import { unpackRtp } from './rtp';
import { nowMs } from './time';

/** Sound with a place in time: sample i was heard at `startMs + i·1000/rateHz`. */
export interface Recording {
  readonly pcm: Int16Array;
  readonly rateHz: number;
  readonly startMs: number;
}

/** What the bot's stream did wrong, if anything. */
export interface RecorderCounts {
  readonly packets: number;
  readonly bytes: number;
  /** Sequence numbers that never came; each is a gap in the recording. */
  readonly missing: number;
  /** Came behind a later one. */
  readonly reordered: number;
  /** Came more than 60 ms after their turn: a browser's jitter buffer might have run dry. */
  readonly late: number;
  /** Timestamps that do not follow 20 ms after the one before, where no packet is missing. */
  readonly timestampJumps: number;
  /** Packets that came less than 5 or more than 40 ms after the one before. */
  readonly unevenPacing: number;
  readonly undecodable: number;
  /** The worst time between two packets. */
  readonly worstPauseMs: number;
}

/** What the caller hears is recorded at this rate. */
export const HEARD_HZ = 24_000;
const FRAME_SAMPLES = 480;
const FRAME_TICKS = 960;
const LATE_MS = 60;

interface Heard {
  /** Where it begins, in samples since the first packet, by the bot's timestamps. */
  readonly sample: number;
  readonly pcm: Int16Array;
  readonly arrivedMs: number;
}

/** Records what is heard: puts each packet where its timestamp says, so that whatever is missing stays silent. */
export class Recorder {
  readonly #decoder: Libopus.OpusDecoderHandle | undefined;
  readonly #heard: Heard[] = [];
  #counts = {
    packets: 0,
    bytes: 0,
    missing: 0,
    reordered: 0,
    late: 0,
    timestampJumps: 0,
    unevenPacing: 0,
    undecodable: 0,
    worstPauseMs: 0,
  };
  #last: { sequence: number; timestamp: number; arrivedMs: number } | undefined;
  /** Samples since the first packet, of the newest packet. */
  #sample = 0;
  /** When the first packet would have been heard, had it been as quick as the quickest. */
  #originMs = Infinity;

  /** Without a decoder packets are counted and nothing is recorded, for load. */
  constructor(decoder: Libopus.OpusDecoderHandle | undefined) {
    this.#decoder = decoder;
  }

  get counts(): RecorderCounts {
    return { ...this.#counts };
  }

  /** Takes what came from the network, now. */
  take(packet: Buffer): void {
    const rtp = unpackRtp(packet);
    if (rtp === undefined) return;
    const arrivedMs = nowMs();
    this.#counts.packets += 1;
    this.#counts.bytes += packet.length;
    const last = this.#last;
    if (last !== undefined) {
      const steps = (((rtp.header.sequence - last.sequence) % 0x1_0000) + 0x1_0000) % 0x1_0000;
      if (steps === 0 || steps > 0x8000) {
        this.#counts.reordered += 1;
        return;
      }
      const ticks = (((rtp.header.timestamp - last.timestamp) % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000;
      this.#counts.missing += steps - 1;
      if (steps === 1 && ticks !== FRAME_TICKS) this.#counts.timestampJumps += 1;
      this.#sample += ticks / 2;
      this.#notePacing(arrivedMs, last.arrivedMs);
    }
    this.#last = { sequence: rtp.header.sequence, timestamp: rtp.header.timestamp, arrivedMs };
    this.#originMs = Math.min(this.#originMs, arrivedMs - (this.#sample * 1000) / HEARD_HZ);
    if (arrivedMs - (this.#originMs + (this.#sample * 1000) / HEARD_HZ) > LATE_MS) this.#counts.late += 1;
    this.#decode(rtp.payload, arrivedMs);
  }

  /** All that was heard up to now, on one line of time. */
  recording(): Recording {
    const length = this.#heard.length === 0 ? 0 : this.#sample + FRAME_SAMPLES;
    const pcm = new Int16Array(length);
    for (const { sample, pcm: frame } of this.#heard) pcm.set(frame.subarray(0, Math.max(0, length - sample)), sample);
    return { pcm, rateHz: HEARD_HZ, startMs: this.startMs };
  }

  /** The packet that was heard last. */
  get newest(): Int16Array | undefined {
    return this.#heard.at(-1)?.pcm;
  }

  /** Where in the recording's time the next packet will lie: what is sent from now on comes at or after it. */
  get mark(): number {
    return this.#heard.length === 0 ? nowMs() : this.startMs + ((this.#sample + FRAME_SAMPLES) * 1000) / HEARD_HZ;
  }

  /** When the first packet came. */
  get startMs(): number {
    return this.#heard[0]?.arrivedMs ?? nowMs();
  }

  /** When the packet that holds this sample of the recording came. */
  arrivalOf(sample: number): number | undefined {
    let low = 0;
    let high = this.#heard.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#heard[middle]?.sample ?? 0) <= sample) low = middle;
      else high = middle - 1;
    }
    return this.#heard[low]?.arrivedMs;
  }

  close(): void {
    this.#decoder?.free();
  }

  #decode(payload: Buffer, arrivedMs: number): void {
    if (this.#decoder === undefined) return;
    try {
      this.#heard.push({ sample: this.#sample, pcm: this.#decoder.decode(payload), arrivedMs });
    } catch {
      this.#counts.undecodable += 1;
    }
  }

  #notePacing(arrivedMs: number, lastMs: number): void {
    const pauseMs = arrivedMs - lastMs;
    if (pauseMs < 5 || pauseMs > 40) this.#counts.unevenPacing += 1;
    this.#counts.worstPauseMs = Math.max(this.#counts.worstPauseMs, pauseMs);
  }
}
