/** RTP as the caller's side writes and reads it; on purpose not the bot's code, so that both cannot err alike. */
export interface RtpHeader {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** A packet with a plain header. */
export function packRtp(header: RtpHeader, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt8(0x80, 0);
  head.writeUInt8((header.marker ? 128 : 0) + header.payloadType, 1);
  head.writeUInt16BE(header.sequence, 2);
  head.writeUInt32BE(header.timestamp, 4);
  head.writeUInt32BE(header.ssrc, 8);
  return Buffer.concat([head, payload]);
}

/** Reads a packet; undefined for RTCP and anything else that is not RTP. The bot sends plain headers only. */
export function unpackRtp(packet: Buffer): { header: RtpHeader; payload: Buffer } | undefined {
  if (packet.length <= 12 || packet.readUInt8(0) !== 0x80) return undefined;
  const second = packet.readUInt8(1);
  if (second >= 192 && second <= 223) return undefined;
  return {
    header: {
      payloadType: second & 127,
      marker: second >= 128,
      sequence: packet.readUInt16BE(2),
      timestamp: packet.readUInt32BE(4),
      ssrc: packet.readUInt32BE(8),
    },
    payload: packet.subarray(12),
  };
}
