/** RTCP, RFC 3550 §6, as far as one voice each way needs it: our reports, the client's sender reports, and how it receives us. */

/** What we sent, for a sender report (§6.4.1). */
export interface SenderInfo {
  /** Milliseconds since 1970 at which a packet sent then would carry `rtpTimestamp`. */
  readonly epochMs: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** How one source was received (§6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Of the packets expected since the report before, in 1/256. */
  readonly fractionLost: number;
  /** Over the whole reception; duplicates make it negative. */
  readonly cumulativeLost: number;
  readonly extendedHighestSequence: number;
  /** In timestamp units. */
  readonly jitter: number;
  /** The middle of the last sender report's NTP timestamp, and the time since it came in 1/65536 s; 0 without one. */
  readonly lastSr: number;
  readonly delaySinceLastSr: number;
}

/** A client's sender report, as far as our next report block needs it. */
export interface SenderReport {
  readonly ssrc: number;
  readonly ntpMiddle: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const SDES_CNAME = 1;
/** Up to the first report block. */
const SENDER_REPORT_BYTES = 28;
const RECEIVER_REPORT_BYTES = 8;
const REPORT_BLOCK_BYTES = 24;
const SECONDS_FROM_1900_TO_1970 = 2_208_988_800;

/** A compound packet: a report of the one kind or the other, and the name that belongs to the SSRC (§6.1). */
export function writeReport(
  ssrc: number,
  cname: string,
  sender: SenderInfo | undefined,
  block: ReportBlock | undefined,
): Buffer {
  const blocks = block === undefined ? [] : [blockBytes(block)];
  const report =
    sender === undefined
      ? packet(RECEIVER_REPORT, blocks.length, [word(ssrc), ...blocks])
      : packet(SENDER_REPORT, blocks.length, [word(ssrc), senderBytes(sender), ...blocks]);
  return Buffer.concat([report, packet(SOURCE_DESCRIPTION, 1, [word(ssrc), cnameBytes(cname)])]);
}

/** The sender reports in a compound packet. Never throws, and ends whatever the lengths in it claim. */
export function senderReportsIn(bytes: Uint8Array): readonly SenderReport[] {
  const reports: SenderReport[] = [];
  forEachPacket(bytes, (view, at, end) => {
    if (view.getUint8(at + 1) !== SENDER_REPORT || end - at < SENDER_REPORT_BYTES) return;
    reports.push({ ssrc: view.getUint32(at + 4), ntpMiddle: view.getUint32(at + 10) });
  });
  return reports;
}

/** Of what was expected of `ssrc` since the report before, the share that was lost, 0 to 1; undefined where that is not told. */
export function lossOf(ssrc: number, bytes: Uint8Array): number | undefined {
  let loss: number | undefined;
  forEachPacket(bytes, (view, at, end) => {
    const type = view.getUint8(at + 1);
    if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) return;
    const firstAt = at + (type === SENDER_REPORT ? SENDER_REPORT_BYTES : RECEIVER_REPORT_BYTES);
    for (let block = 0; block < (view.getUint8(at) & 0x1f); block += 1) {
      const blockAt = firstAt + block * REPORT_BLOCK_BYTES;
      if (blockAt + REPORT_BLOCK_BYTES > end) return;
      if (view.getUint32(blockAt) === ssrc) loss = view.getUint8(blockAt + 4) / 256;
    }
  });
  return loss;
}

function forEachPacket(bytes: Uint8Array, take: (view: DataView, at: number, end: number) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + view.getUint16(at + 2) * 4;
    if (view.getUint8(at) >> 6 !== 2 || end > bytes.length) return;
    take(view, at, end);
    at = end;
  }
}

function packet(type: number, count: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.from([0x80 | count, type, 0, 0]);
  header.writeUInt16BE(body.length / 4, 2);
  return Buffer.concat([header, body]);
}

function senderBytes({ epochMs, rtpTimestamp, packets, octets }: SenderInfo): Buffer {
  const seconds = Math.floor(epochMs / 1_000);
  const fraction = Math.floor(((epochMs - seconds * 1_000) / 1_000) * 2 ** 32);
  return words(seconds + SECONDS_FROM_1900_TO_1970, fraction, rtpTimestamp, packets, octets);
}

function blockBytes(block: ReportBlock): Buffer {
  const lost = Math.max(-0x80_0000, Math.min(0x7f_ffff, block.cumulativeLost)) & 0xff_ffff;
  const loss = block.fractionLost * 2 ** 24 + lost;
  return words(block.ssrc, loss, block.extendedHighestSequence, block.jitter, block.lastSr, block.delaySinceLastSr);
}

/** The item, and at least one zero up to the next word (§6.5). */
function cnameBytes(cname: string): Buffer {
  const text = Buffer.from(cname);
  const item = Buffer.concat([Buffer.from([SDES_CNAME, text.length]), text]);
  return Buffer.concat([item, Buffer.alloc(4 - (item.length % 4))]);
}

function word(value: number): Buffer {
  return words(value);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE((Math.trunc(value) % 2 ** 32) >>> 0, index * 4));
  return bytes;
}
