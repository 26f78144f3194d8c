import { crc32 } from 'node:zlib';

/*
 * `application/vnd.amazon.eventstream`: total length (4) · headers' length (4) · CRC of these (4) · headers · payload · CRC of
 * all before (4). The SDK reads and writes it, too, in a dozen steps a message; here are the two kinds of message that
 * come by the thousand.
 */
export const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
/** What a message is longer than its headers and payload. */
export const OVERHEAD_BYTES = PRELUDE_BYTES + CRC_BYTES;

/** Fills in prelude and checksum of the message in `bytes` from `start` to `end`, whose headers and payload are there already. */
export function sealFrame(bytes: Buffer, start: number, end: number, headersBytes: number): void {
  bytes.writeUInt32BE(end - start, start);
  bytes.writeUInt32BE(headersBytes, start + 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(start, start + 8)), start + 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(start, end - CRC_BYTES)), end - CRC_BYTES);
}

/** Whether both checksums of a whole message are right. */
export function isSound(frame: Buffer): boolean {
  const end = frame.length - CRC_BYTES;
  return (
    crc32(frame.subarray(0, 8)) === frame.readUInt32BE(8) && crc32(frame.subarray(0, end)) === frame.readUInt32BE(end)
  );
}

/** A header that holds text. */
export function textHeader(name: string, value: string): Buffer {
  const text = Buffer.from(value);
  const length = Buffer.from([text.length >> 8, text.length & 0xff]);
  return Buffer.concat([headerStart(name, 7), length, text]);
}

/** A header's name and type; its value follows. */
export function headerStart(name: string, type: number): Buffer {
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([type])]);
}
