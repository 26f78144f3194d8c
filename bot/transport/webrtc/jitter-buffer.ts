import { sequenceDistance, timestampDistance } from './rtp';

/** What arrived, as far as its order matters. */
export interface Arrival {
  readonly sequence: number;
  readonly timestamp: number;
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

/* How long a hole may be waited for: one packet's time at first, another when packets were seen to come late. */
const MIN_WAIT_MS = 20;
const MAX_WAIT_MS = 40;
const WAIT_STEP_MS = 10;
/** Without a late packet for this long the wait shrinks again. */
const CALM_MS = 10_000;
/** Longer gaps are filled with silence by the consumer of the audio; concealing more would only add delay. */
const MAX_CONCEALED_PACKETS = 5;
/** Holding more packets than this means that the hole will not be filled. */
const MAX_HELD = 6;
/** A jump of more than 2 s of packets is a new start, not loss. */
const RESYNC_DISTANCE = 100;
const DEFAULT_FRAME_MS = 20;
const TICKS_PER_MS = 48;

/**
 * Puts packets in order and names the holes. Driven by arrival: what comes in order goes on at once, with no delay and
 * hence no clock to drift from; only behind a hole packets wait, 20–40 ms as late packets have taught. A pause of
 * the sender (DTX) is no hole: sequence numbers go on, nothing is made up for it. Pure: time is an argument.
 */
export class JitterBuffer {
  /** Sequence number wanted next. */
  #next: number | undefined;
  /** Where the last released packet began, to tell how long the packets in a hole were. */
  #lastTimestamp = 0;
  readonly #held = new Map<number, { readonly arrival: Arrival; readonly atMs: number }>();
  #waitMs = MIN_WAIT_MS;
  #lastLateMs = -Infinity;
  /** Old packets in a row, which after a few means that the sender counts anew. */
  #staleInRow = 0;
  readonly #counts = { received: 0, lost: 0, recovered: 0, concealed: 0, late: 0, duplicate: 0, resyncs: 0 };
  #givenUp: number[] = [];

  get counts(): JitterCounts {
    return { ...this.#counts };
  }

  /** How long a hole is waited for at present. */
  get waitMs(): number {
    return this.#waitMs;
  }

  /** How many packets wait behind a hole. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** Takes a packet; returns what can be decoded now, in order. */
  push(arrival: Arrival, nowMs: number): Playable[] {
    this.#counts.received += 1;
    this.#calm(nowMs);
    if (this.#next === undefined) return this.#restart(arrival);
    const ahead = sequenceDistance(arrival.sequence, this.#next);
    if (ahead > RESYNC_DISTANCE || ahead < -RESYNC_DISTANCE) return this.#stale(arrival);
    if (ahead < 0) return this.#late(arrival, nowMs);
    this.#staleInRow = 0;
    if (this.#held.has(arrival.sequence)) {
      this.#counts.duplicate += 1;
      return [];
    }
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
    while (this.#held.size > 0) {
      const first = this.#firstHeld();
      const waited = nowMs - first.atMs >= this.#waitMs;
      if (!waited && this.#held.size < MAX_HELD) break;
      this.#fillHole(first.arrival, out);
      this.#takeRun(out);
    }
    return out;
  }

  #takeRun(out: Playable[]): void {
    for (;;) {
      if (this.#next === undefined) return;
      const held = this.#held.get(this.#next);
      if (held === undefined) return;
      this.#held.delete(this.#next);
      this.#lastTimestamp = held.arrival.timestamp;
      this.#next = (this.#next + 1) & 0xffff;
      out.push({ kind: 'packet', payload: held.arrival.payload });
    }
  }

  /** Gives up what is missing before `after`. */
  #fillHole(after: Arrival, out: Playable[]): void {
    const next = this.#next ?? after.sequence;
    const missing = sequenceDistance(after.sequence, next);
    const spanTicks = timestampDistance(after.timestamp, this.#lastTimestamp);
    const durationMs = frameMs(spanTicks / (missing + 1) / TICKS_PER_MS);
    const filled = Math.min(missing, MAX_CONCEALED_PACKETS);
    for (let index = 0; index < filled - 1; index += 1) out.push({ kind: 'conceal', durationMs });
    out.push({ kind: 'recover', nextPayload: after.payload, durationMs });
    this.#counts.lost += missing;
    this.#counts.concealed += filled - 1;
    this.#counts.recovered += 1;
    for (let offset = 0; offset < missing; offset += 1) this.#givenUp.push((next + offset) & 0xffff);
    this.#givenUp = this.#givenUp.slice(-RESYNC_DISTANCE);
    this.#next = after.sequence;
  }

  #firstHeld(): { readonly arrival: Arrival; readonly atMs: number } {
    let first: { readonly arrival: Arrival; readonly atMs: number } | undefined;
    for (const held of this.#held.values()) {
      if (first === undefined || sequenceDistance(held.arrival.sequence, first.arrival.sequence) < 0) first = held;
    }
    if (first === undefined) throw new Error('nothing is held');
    return first;
  }

  #late(arrival: Arrival, nowMs: number): Playable[] {
    const index = this.#givenUp.indexOf(arrival.sequence);
    if (index < 0) {
      this.#counts.duplicate += 1;
      return [];
    }
    this.#givenUp.splice(index, 1);
    this.#counts.late += 1;
    this.#lastLateMs = nowMs;
    this.#waitMs = Math.min(MAX_WAIT_MS, this.#waitMs + WAIT_STEP_MS);
    return [];
  }

  #calm(nowMs: number): void {
    if (this.#waitMs === MIN_WAIT_MS || nowMs - this.#lastLateMs < CALM_MS) return;
    this.#waitMs -= WAIT_STEP_MS;
    this.#lastLateMs = nowMs;
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
    return [{ kind: 'packet', payload: arrival.payload }];
  }
}

/** The packet time that Opus has nearest to the one computed; 20 ms where the timestamps make no sense. */
function frameMs(computedMs: number): number {
  for (const possible of [10, 20, 40, 60]) if (Math.abs(computedMs - possible) < 1) return possible;
  return DEFAULT_FRAME_MS;
}
