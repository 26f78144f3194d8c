import { MODEL_OUTPUT_HZ, SampleQueue, samplesToMs } from '../../audio';
import type { Clock, Ticker } from '../../time';
import type { VoiceEncoder } from './opus';
import { FRAME_MS, FRAME_SAMPLES } from './opus';
import { writeRtp } from './rtp';

const FRAME_TICKS = 960;
/** What a client may ask for that takes shorter packets than ours; Opus has no shorter ones worth sending (RFC 7587 §3). */
const PACKETS_A_FRAME = [1, 2, 4] as const;
/** More than any playout keeps ahead; beyond it the newest audio is refused rather than memory eaten. */
const MAX_QUEUED_MS = 30_000;
/** This much further behind the clock than the ticker catches up means that it skipped beats. */
const GIVEN_UP_MS = 100;
/** A cut in the middle of a wave clicks, so this much of what is flushed is faded out. */
const FADE_SAMPLES = 120;

interface PacedSenderOptions {
  readonly encoder: VoiceEncoder;
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly ssrc: number;
  readonly payloadType: number;
  /** The longest packet the client wants, in ms. */
  readonly maxPacketMs: number;
  /** Where the counting begins; random, as RFC 3550 asks. */
  readonly firstSequence: number;
  readonly firstTimestamp: number;
  readonly send: (packet: Buffer) => void;
}

/**
 * The bot's voice on its way out: one RTP packet each 20 ms, silence when there is nothing to say (a client takes its
 * track for started only when packets come). Timestamps follow the clock, whatever the event loop does.
 */
export class PacedSender {
  readonly #options: PacedSenderOptions;
  readonly #maxBehindMs: number;
  readonly #unsubscribe: () => void;
  readonly #queue = new SampleQueue();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #payloadType: number;
  #packetsAFrame: number;
  #sequence: number;
  #timestamp: number;
  #dueMs: number;
  #silent = true;
  #stopped = false;
  #refusedMs = 0;
  readonly #flushed: (() => void)[] = [];

  /** Begins at once. `send` must not throw. */
  constructor(options: PacedSenderOptions) {
    this.#options = options;
    this.#payloadType = options.payloadType;
    this.#packetsAFrame = packetsAFrame(options.maxPacketMs);
    this.#sequence = options.firstSequence;
    this.#timestamp = options.firstTimestamp;
    this.#maxBehindMs = options.ticker.maxCatchUpMs + GIVEN_UP_MS;
    this.#dueMs = options.clock.nowMs();
    this.#unsubscribe = options.ticker.subscribe(() => this.#tick());
  }

  /** Audio taken and not sent. */
  get queuedMs(): number {
    return samplesToMs(this.#queue.length, MODEL_OUTPUT_HZ);
  }

  /** Audio refused because far too much was queued. */
  get refusedMs(): number {
    return this.#refusedMs;
  }

  /** Another offer may number the codec differently, or want other packets. */
  follow({ payloadType, maxPacketMs }: Pick<PacedSenderOptions, 'payloadType' | 'maxPacketMs'>): void {
    this.#payloadType = payloadType;
    this.#packetsAFrame = packetsAFrame(maxPacketMs);
  }

  play(pcm24k: Int16Array): void {
    if (this.#stopped) return;
    const ms = samplesToMs(pcm24k.length, MODEL_OUTPUT_HZ);
    if (this.queuedMs + ms > MAX_QUEUED_MS) this.#refusedMs += ms;
    else this.#queue.push(pcm24k);
  }

  /** Drops what is queued but for a fade of 5 ms; resolves when that is on its way. */
  flush(): Promise<void> {
    if (this.#stopped || this.#queue.length === 0) return Promise.resolve();
    const tail = new Int16Array(Math.min(FADE_SAMPLES, this.#queue.length));
    this.#queue.take(tail);
    for (let index = 0; index < tail.length; index += 1) {
      tail[index] = Math.round((tail[index] ?? 0) * (1 - (index + 1) / tail.length));
    }
    this.#queue.clear();
    this.#queue.push(tail);
    return new Promise((resolve) => this.#flushed.push(resolve));
  }

  /** Idempotent. The encoder remains its owner's. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#unsubscribe();
    this.#queue.clear();
    this.#resolveFlushes();
  }

  #tick(): void {
    if (this.#stopped) return;
    this.#followClock();
    const hasAudio = this.#queue.take(this.#frame) > 0;
    const packets = this.#packetsAFrame;
    for (let part = 0; part < packets; part += 1) this.#sendPart(part, packets, hasAudio);
    this.#dueMs += FRAME_MS;
    this.#resolveFlushes();
  }

  #sendPart(part: number, parts: number, hasAudio: boolean): void {
    const { encoder, ssrc, send } = this.#options;
    const samples = FRAME_SAMPLES / parts;
    const pcm = this.#frame.subarray(part * samples, (part + 1) * samples);
    const packet = writeRtp({
      payloadType: this.#payloadType,
      marker: hasAudio && this.#silent,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      ssrc,
      payload: hasAudio ? encoder.encode(pcm) : encoder.encodeSilence(samples),
    });
    this.#silent = !hasAudio;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + FRAME_TICKS / parts) >>> 0;
    send(packet);
  }

  /** After a stall in which the ticker skipped beats, the timestamp skips what was never sent. */
  #followClock(): void {
    const behindMs = this.#options.clock.nowMs() - this.#dueMs;
    if (behindMs < this.#maxBehindMs) return;
    const skipped = Math.floor(behindMs / FRAME_MS);
    this.#timestamp = (this.#timestamp + skipped * FRAME_TICKS) >>> 0;
    this.#dueMs += skipped * FRAME_MS;
    this.#silent = true;
  }

  #resolveFlushes(): void {
    for (const resolve of this.#flushed.splice(0)) resolve();
  }
}

function packetsAFrame(maxPacketMs: number): number {
  return PACKETS_A_FRAME.find((count) => FRAME_MS / count <= maxPacketMs) ?? PACKETS_A_FRAME[2];
}
