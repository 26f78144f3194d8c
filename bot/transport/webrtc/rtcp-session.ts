import type { Clock } from '../../time';
import { Reception } from './reception';
import { lossOf, senderReportsIn, writeReport } from './rtcp';
import type { RtpPacket } from './rtp';

/** Browsers reckon the delay from our reports: the first comes soon, the others as RFC 3550 §6.2 has them. */
const FIRST_REPORT_MS = 1_000;
const REPORT_EACH_MS = 5_000;
const TICKS_PER_MS = 48;
const RTP_HEADER_BYTES = 12;

/** What both sides tell each other about a connection's voices. Owns no timer: it is asked with each beat. */
export class RtcpSession {
  readonly #ssrc: number;
  readonly #cname: string;
  readonly #clock: Clock;
  #dueMs: number;
  #reception: Reception | undefined;
  #packets = 0;
  #octets = 0;
  #last: { readonly timestamp: number; readonly atMs: number } | undefined;

  /** @param ssrc of the bot's voice */
  constructor(ssrc: number, cname: string, clock: Clock) {
    this.#ssrc = ssrc;
    this.#cname = cname;
    this.#clock = clock;
    this.#dueMs = clock.nowMs() + FIRST_REPORT_MS;
  }

  /** A packet without voice in it (see `parseVoiceRtp`) counts when it is of the voice's source. */
  received(packet: RtpPacket): void {
    if (this.#reception?.ssrc !== packet.ssrc) {
      if (packet.payload.length === 0) return;
      this.#reception = new Reception(packet);
    }
    this.#reception.take(packet, this.#clock.nowMs());
  }

  /** Returns the share of the bot's packets that the client reports as lost, 0 to 1; undefined where it does not report. */
  receivedRtcp(bytes: Uint8Array): number | undefined {
    for (const report of senderReportsIn(bytes)) {
      if (report.ssrc === this.#reception?.ssrc) this.#reception.senderReport(report.ntpMiddle, this.#clock.nowMs());
    }
    return lossOf(this.#ssrc, bytes);
  }

  /** A packet of ours, with the plain header, is on its way. */
  sent(packet: Buffer): void {
    this.#packets += 1;
    this.#octets += packet.length - RTP_HEADER_BYTES;
    this.#last = { timestamp: packet.readUInt32BE(4), atMs: this.#clock.nowMs() };
  }

  /** The report that is due, if one is. */
  due(): Buffer | undefined {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#dueMs) return undefined;
    this.#dueMs = nowMs + REPORT_EACH_MS;
    const last = this.#last;
    const sender =
      last === undefined
        ? undefined
        : {
            epochMs: this.#clock.epochMs(),
            rtpTimestamp: (last.timestamp + Math.round((nowMs - last.atMs) * TICKS_PER_MS)) >>> 0,
            packets: this.#packets,
            octets: this.#octets,
          };
    return writeReport(this.#ssrc, this.#cname, sender, this.#reception?.report(nowMs));
  }
}
