import { MAX_WAIT_MS, ReorderWait } from './reorder-wait';
import { sequenceDistance, timestampDistance } from './rtp';

/** What arrived, as far as its order matters. */
export interface Arrival {
  readonly sequence: number;
  readonly timestamp: number;
  /** Empty where the packet holds no voice. */
  readonly payload: Uint8Array;
}

/** What to decode next. */
export type Playable =
  | { readonly kind: 'packet'; readonly payload: Uint8Array }
  /** A lost frame whose rough copy (in-band FEC) is in the payload of the packet that follows it. */
  | { readonly kind: 'recover'; readonly nextPayload: Uint8Array; readonly durationMs: number }
  /** A lost frame to be made up (packet loss concealment). */
  | { readonly kind: 'conceal'; readonly durationMs: number };

export interface JitterCounts {
  readonly received: number;
  /** Given up as lost, whether concealed or not. */
  readonly lost: number;
  readonly recovered: number;
  readonly concealed: number;
  /** Came after they had been given up. */
  readonly late: number;
  readonly duplicate: number;
  /** Sender started anew, or was away for long. */
  readonly resyncs: number;
}

/** As much of a hole is made up for as is waited for: the consumer of the audio has filled longer ones with silence. */
const MAX_MADE_UP_MS = MAX_WAIT_MS;
const MADE_UP_OF_LONGER_MS = 100;
/** More than Opus's shortest packets fill in the longest wait: holding more means that the hole will not be filled. */
const MAX_HELD = 128;
/** A jump of more than so many packets, and 2 s, is a new start and no loss. */
const RESYNC_PACKETS = 100;
const RESYNC_MS = 2_000;
const DEFAULT_FRAME_MS = 20;
const TICKS_PER_MS = 48;
/** The lengths a packet of Opus has (RFC 7587, 4.2). */
const OPUS_PACKET_MS = [2.5, 5, 10, 20, 40, 60, 80, 100, 120];

type Held = { readonly arrival: Arrival; readonly atMs: number };
type GivenUp = { readonly sequence: number; readonly missedAtMs: number };

/**
 * Puts packets in order and names the holes. Driven by arrival: what comes in order goes on at once, with no delay and
 * hence no clock to drift from; only behind a hole packets wait, for as long as the line has taught is worth it. NetEQ
 * holds everything back by that much, and stretches and shrinks sound to do so, because a loudspeaker must never run
 * dry; a model waits for its next frame without hearing a pause, so here nothing is ever stretched, cut or dropped to
 * win time. A pause of the sender (DTX) is no hole: sequence numbers go on, nothing is made up for it, and packets
 * without voice (padding, comfort noise) only take their place. Pure: time is an argument.
 */
export class JitterBuffer {
  /** Sequence number wanted next. */
  #next: number | undefined;
  /** Where the last released packet began, to tell how long the packets in a hole were. */
  #lastTimestamp = 0;
  /** How long a packet lasts, as far as timestamps told. */
  #packetMs = DEFAULT_FRAME_MS;
  readonly #held = new Map<number, Held>();
  readonly #wait = new ReorderWait();
  /** Old packets in a row, which after a few means that the sender counts anew. */
  #staleInRow = 0;
  readonly #counts = { received: 0, lost: 0, recovered: 0, concealed: 0, late: 0, duplicate: 0, resyncs: 0 };
  /** The youngest last, of the last 2 s at most. */
  #givenUp: GivenUp[] = [];

  get counts(): JitterCounts {
    return { ...this.#counts };
  }

  /** How long a hole is waited for at present. */
  get waitMs(): number {
    return this.#wait.ms;
  }

  /** How many packets wait behind a hole. */
  get heldCount(): number {
    return this.#held.size;
  }

  get #resyncPackets(): number {
    return Math.max(RESYNC_PACKETS, RESYNC_MS / this.#packetMs);
  }

  /** Takes a packet; returns what can be decoded now, in order. */
  push(arrival: Arrival, nowMs: number): Playable[] {
    this.#counts.received += 1;
    if (this.#next === undefined) return this.#restart(arrival);
    const ahead = sequenceDistance(arrival.sequence, this.#next);
    if (Math.abs(ahead) > this.#resyncPackets) return this.#stale(arrival);
    if (ahead < 0) return this.#late(arrival, nowMs);
    this.#staleInRow = 0;
    if (this.#held.has(arrival.sequence)) {
      this.#counts.duplicate += 1;
      return [];
    }
    this.#wait.arrived(nowMs - this.#missedAtMs(arrival.sequence, nowMs), this.#packetMs);
    this.#held.set(arrival.sequence, { arrival, atMs: nowMs });
    return this.#release(nowMs);
  }

  /** To be called now and then, so that a hole is given up even when nothing more comes. */
  poll(nowMs: number): Playable[] {
    return this.#held.size === 0 ? [] : this.#release(nowMs);
  }

  #release(nowMs: number): Playable[] {
    const out: Playable[] = [];
    this.#takeRun(out);
    while (this.#held.size > 0 && this.#next !== undefined) {
      const missedAtMs = this.#missedAtMs(this.#next, nowMs);
      if (nowMs - missedAtMs < this.#wait.ms && this.#held.size < MAX_HELD) break;
      this.#fillHole(this.#next, missedAtMs, out);
      this.#takeRun(out);
    }
    return out;
  }

  /** When the first packet came that should have come after `sequence`; now when none has. */
  #missedAtMs(sequence: number, nowMs: number): number {
    let missedAtMs = nowMs;
    for (const held of this.#held.values()) {
      if (held.atMs < missedAtMs && sequenceDistance(held.arrival.sequence, sequence) > 0) missedAtMs = held.atMs;
    }
    return missedAtMs;
  }

  #takeRun(out: Playable[]): void {
    for (;;) {
      if (this.#next === undefined) return;
      const held = this.#held.get(this.#next);
      if (held === undefined) return;
      this.#held.delete(this.#next);
      this.#packetMs = packetMs(timestampDistance(held.arrival.timestamp, this.#lastTimestamp)) ?? this.#packetMs;
      this.#lastTimestamp = held.arrival.timestamp;
      this.#next = (this.#next + 1) & 0xffff;
      if (held.arrival.payload.length > 0) out.push({ kind: 'packet', payload: held.arrival.payload });
    }
  }

  /** Gives up what is missing from `next` to the first packet held. */
  #fillHole(next: number, missedAtMs: number, out: Playable[]): void {
    const after = this.#firstHeld();
    const missing = sequenceDistance(after.sequence, next);
    const durationMs =
      packetMs(timestampDistance(after.timestamp, this.#lastTimestamp) / (missing + 1)) ?? this.#packetMs;
    const filled = missing * durationMs <= MAX_MADE_UP_MS ? missing : Math.ceil(MADE_UP_OF_LONGER_MS / durationMs);
    const recovered = after.payload.length > 0 ? 1 : 0;
    for (let index = 0; index < filled - recovered; index += 1) out.push({ kind: 'conceal', durationMs });
    if (recovered > 0) out.push({ kind: 'recover', nextPayload: after.payload, durationMs });
    this.#counts.lost += missing;
    this.#counts.concealed += filled - recovered;
    this.#counts.recovered += recovered;
    for (let offset = 0; offset < missing; offset += 1) {
      this.#givenUp.push({ sequence: (next + offset) & 0xffff, missedAtMs });
      this.#wait.givenUp(durationMs);
    }
    this.#givenUp = this.#givenUp.slice(-this.#resyncPackets);
    this.#lastTimestamp = (after.timestamp - durationMs * TICKS_PER_MS) >>> 0;
    this.#next = after.sequence;
  }

  #firstHeld(): Arrival {
    let first: Arrival | undefined;
    for (const { arrival } of this.#held.values()) {
      if (first === undefined || sequenceDistance(arrival.sequence, first.sequence) < 0) first = arrival;
    }
    if (first === undefined) throw new Error('nothing is held');
    return first;
  }

  #late(arrival: Arrival, nowMs: number): Playable[] {
    const index = this.#givenUp.findIndex(({ sequence }) => sequence === arrival.sequence);
    const [givenUp] = index < 0 ? [] : this.#givenUp.splice(index, 1);
    if (givenUp === undefined) {
      this.#counts.duplicate += 1;
      return [];
    }
    this.#counts.late += 1;
    this.#wait.cameAfterAll(nowMs - givenUp.missedAtMs);
    return [];
  }

  /** One wild packet may be damage or an attack; two that follow each other are a sender that started anew. */
  #stale(arrival: Arrival): Playable[] {
    this.#staleInRow += 1;
    if (this.#staleInRow < 2) return [];
    this.#counts.resyncs += 1;
    return this.#restart(arrival);
  }

  #restart(arrival: Arrival): Playable[] {
    this.#held.clear();
    this.#givenUp = [];
    this.#staleInRow = 0;
    this.#lastTimestamp = arrival.timestamp;
    this.#next = (arrival.sequence + 1) & 0xffff;
    return arrival.payload.length > 0 ? [{ kind: 'packet', payload: arrival.payload }] : [];
  }
}

/** The packet time that Opus has at so many ticks; undefined where there is none, as across a pause. */
function packetMs(ticks: number): number | undefined {
  return OPUS_PACKET_MS.find((possibleMs) => Math.abs(ticks / TICKS_PER_MS - possibleMs) < 1);
}
