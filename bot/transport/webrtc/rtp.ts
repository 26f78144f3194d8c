/** RTP, RFC 3550, as far as one Opus stream needs it. */
export interface RtpPacket {
  readonly payloadType: number;
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; 48 kHz for Opus whatever it was encoded at. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** First packet after silence. */
  readonly marker: boolean;
  /** A view into the packet; empty when it was only padding. */
  readonly payload: Uint8Array;
}

const HEADER_BYTES = 12;

/** RTCP shares the transport (RFC 5761): packet types 192–223 in the second byte. */
export function isRtcp(packet: Uint8Array): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** Reads a packet, leaving out contributing sources, header extension and padding; undefined when it is not RTP. */
export function parseRtp(packet: Uint8Array): RtpPacket | undefined {
  if (packet.length < HEADER_BYTES || isRtcp(packet)) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) return undefined;
  let start = HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (start + 4 > packet.length) return undefined;
    start += 4 + view.getUint16(start + 2) * 4;
  }
  const paddingBytes = (first & 0x20) === 0 ? 0 : view.getUint8(packet.length - 1);
  const end = packet.length - paddingBytes;
  if (start > end) return undefined;
  const second = view.getUint8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: packet.subarray(start, end),
  };
}

const NO_VOICE = new Uint8Array(0);

/**
 * Reads a packet of the voice's source: what is another type, such as comfort noise and keys, shares its sequence
 * numbers (RFC 3389, 4733) and comes without payload, like packets of padding only.
 */
export function parseVoiceRtp(packet: Uint8Array, opusPayloadType: number): RtpPacket | undefined {
  const parsed = parseRtp(packet);
  if (parsed === undefined || parsed.payloadType === opusPayloadType) return parsed;
  return { ...parsed, payload: NO_VOICE };
}

/** Writes a packet with the plain 12-byte header. */
export function writeRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + packet.payload.length);
  bytes[0] = 0x80;
  bytes[1] = (packet.marker ? 0x80 : 0) | (packet.payloadType & 0x7f);
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2);
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4);
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8);
  bytes.set(packet.payload, HEADER_BYTES);
  return bytes;
}

/** How far sequence number `a` is ahead of `b`, across the wrap: −32768…32767. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b + 0x8000) & 0xffff) - 0x8000;
}

/** How far timestamp `a` is ahead of `b`, across the wrap. */
export function timestampDistance(a: number, b: number): number {
  return (a - b) | 0;
}
