import type { ReportBlock } from './rtcp';
import type { RtpPacket } from './rtp';

const SEQUENCES = 0x1_0000;
/* RFC 3550 A.1. */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
/** Opus over RTP, whatever it was encoded at (RFC 7587 §4.1). */
const TICKS_PER_MS = 48;

/** How one source is received, counted as RFC 3550 A.1, A.3 and A.8 say. Pure: time is an argument. */
export class Reception {
  readonly #ssrc: number;
  #baseSequence: number;
  #highestSequence: number;
  #cycles = 0;
  /** After a jump the sequence number that would confirm it. */
  #suspect: number | undefined;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitter = 0;
  #transit: number | undefined;
  #lastSr: { readonly ntpMiddle: number; readonly atMs: number } | undefined;

  constructor(first: Pick<RtpPacket, 'ssrc' | 'sequence'>) {
    this.#ssrc = first.ssrc;
    this.#baseSequence = first.sequence;
    this.#highestSequence = first.sequence;
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  /** Takes every packet of the source, the first included. */
  take({ sequence, timestamp }: Pick<RtpPacket, 'sequence' | 'timestamp'>, nowMs: number): void {
    if (!this.#count(sequence)) return;
    const transit = Math.trunc(nowMs * TICKS_PER_MS) - timestamp;
    // The difference of two differences, across the wrap of the timestamp.
    if (this.#transit !== undefined) this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16;
    this.#transit = transit;
  }

  senderReport(ntpMiddle: number, nowMs: number): void {
    this.#lastSr = { ntpMiddle, atMs: nowMs };
  }

  /** The block for the next report; the fraction lost begins anew with each. */
  report(nowMs: number): ReportBlock {
    const extendedHighestSequence = this.#cycles + this.#highestSequence;
    const expected = extendedHighestSequence - this.#baseSequence + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return {
      ssrc: this.#ssrc,
      fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.floor((lostNow * 256) / expectedNow),
      cumulativeLost: expected - this.#received,
      extendedHighestSequence,
      jitter: Math.floor(this.#jitter),
      lastSr: this.#lastSr?.ntpMiddle ?? 0,
      delaySinceLastSr: this.#lastSr === undefined ? 0 : Math.floor(((nowMs - this.#lastSr.atMs) * 65_536) / 1_000),
    };
  }

  /** False for a packet far off, until the next one confirms that the source began anew. */
  #count(sequence: number): boolean {
    const ahead = (sequence - this.#highestSequence + SEQUENCES) % SEQUENCES;
    if (ahead >= MAX_DROPOUT && ahead <= SEQUENCES - MAX_MISORDER) {
      if (sequence !== this.#suspect) {
        this.#suspect = (sequence + 1) % SEQUENCES;
        return false;
      }
      this.#restart(sequence);
    } else if (ahead < MAX_DROPOUT) {
      if (sequence < this.#highestSequence) this.#cycles += SEQUENCES;
      this.#highestSequence = sequence;
    }
    this.#received += 1;
    return true;
  }

  #restart(sequence: number): void {
    this.#baseSequence = sequence;
    this.#highestSequence = sequence;
    this.#cycles = 0;
    this.#suspect = undefined;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
  }
}
