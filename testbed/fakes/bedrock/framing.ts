import { crc32 } from './crc32';

/**
 * `application/vnd.amazon.eventstream` messages, written from the format's description and on purpose not with the
 * SDK's codec, so that the sandbox checks the SDK's bytes instead of agreeing with itself.
 *
 *     total length (4) · headers length (4) · CRC of these (4) · headers · payload · CRC of all before (4)
 */
export interface FrameHeader {
  readonly name: string;
  readonly value: string | number | boolean | bigint | Date | Buffer;
  /** The header as it was on the wire; signatures cover these bytes. */
  readonly raw: Buffer;
}

export interface Frame {
  readonly headers: ReadonlyMap<string, FrameHeader>;
  readonly body: Buffer;
}

/** The bytes are not an event-stream message; the stream cannot go on. */
export class FramingError extends Error {}

/** Prelude (12) and trailing checksum (4). */
const OVERHEAD_BYTES = 16;
/** AWS's limits for one message and for its headers. */
const MAX_MESSAGE_BYTES = 24 * 1024 * 1024;
const MAX_HEADERS_BYTES = 128 * 1024;

/** Parses one whole message. @throws FramingError when its lengths or checksums are wrong. */
export function decodeFrame(message: Buffer): Frame {
  if (message.length < OVERHEAD_BYTES || message.readUInt32BE(0) !== message.length) {
    throw new FramingError('Message length does not match its prelude');
  }
  if (crc32(message.subarray(0, 8)) !== message.readUInt32BE(8)) throw new FramingError('Prelude checksum mismatch');
  const bodyEnd = message.length - 4;
  if (crc32(message.subarray(0, bodyEnd)) !== message.readUInt32BE(bodyEnd)) {
    throw new FramingError('Message checksum mismatch');
  }
  const headersEnd = 12 + message.readUInt32BE(4);
  if (headersEnd > bodyEnd) throw new FramingError('Headers are longer than the message');
  return { headers: parseHeaders(message.subarray(12, headersEnd)), body: message.subarray(headersEnd, bodyEnd) };
}

function parseHeaders(bytes: Buffer): Map<string, FrameHeader> {
  const headers = new Map<string, FrameHeader>();
  let at = 0;
  try {
    while (at < bytes.length) {
      const start = at;
      const nameEnd = at + 1 + bytes.readUInt8(at);
      const name = bytes.toString('utf8', at + 1, nameEnd);
      const [value, end] = parseValue(bytes, nameEnd);
      if (end > bytes.length) throw new FramingError(`Header ${name} is cut off`);
      if (headers.has(name)) throw new FramingError(`Header ${name} is given twice`);
      headers.set(name, { name, value, raw: bytes.subarray(start, end) });
      at = end;
    }
  } catch (error) {
    if (error instanceof FramingError) throw error;
    throw new FramingError('Headers are cut off', { cause: error });
  }
  return headers;
}

function parseValue(bytes: Buffer, typeAt: number): [FrameHeader['value'], number] {
  const at = typeAt + 1;
  switch (bytes.readUInt8(typeAt)) {
    case 0:
      return [true, at];
    case 1:
      return [false, at];
    case 2:
      return [bytes.readInt8(at), at + 1];
    case 3:
      return [bytes.readInt16BE(at), at + 2];
    case 4:
      return [bytes.readInt32BE(at), at + 4];
    case 5:
      return [bytes.readBigInt64BE(at), at + 8];
    case 6: {
      const end = at + 2 + bytes.readUInt16BE(at);
      return [Buffer.from(bytes.subarray(at + 2, end)), end];
    }
    case 7: {
      const end = at + 2 + bytes.readUInt16BE(at);
      return [bytes.toString('utf8', at + 2, end), end];
    }
    case 8:
      return [new Date(Number(bytes.readBigInt64BE(at))), at + 8];
    case 9:
      return [bytes.toString('hex', at, at + 16), at + 16];
    default:
      throw new FramingError('Unknown header type');
  }
}

/** Cuts a byte stream into messages, whatever the boundaries of its chunks. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes bytes in and gives every message they complete. @throws FramingError */
  *push(chunk: Buffer): Generator<Frame, void, undefined> {
    let buffer = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (buffer.length >= OVERHEAD_BYTES) {
      const length = buffer.readUInt32BE(0);
      if (length < OVERHEAD_BYTES || length > MAX_MESSAGE_BYTES || buffer.readUInt32BE(4) > MAX_HEADERS_BYTES) {
        throw new FramingError('Message prelude is out of bounds');
      }
      if (buffer.length < length) break;
      const frame = decodeFrame(buffer.subarray(0, length));
      buffer = buffer.subarray(length);
      this.#pending = buffer;
      yield frame;
    }
    this.#pending = buffer;
  }

  /** Bytes of a message whose rest has not come. */
  get pendingBytes(): number {
    return this.#pending.length;
  }
}

/** Encodes headers of type string, the only type that responses use. */
export function encodeStringHeaders(headers: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = Buffer.from(name, 'utf8');
    const valueBytes = Buffer.from(value, 'utf8');
    const fixed = Buffer.alloc(3);
    fixed.writeUInt8(7, 0);
    fixed.writeUInt16BE(valueBytes.length, 1);
    parts.push(Buffer.from([nameBytes.length]), nameBytes, fixed, valueBytes);
  }
  return Buffer.concat(parts);
}

/** Frames ASCII text `body` behind already encoded headers: one allocation, for the many audio messages. */
export function encodeAsciiFrame(headers: Buffer, body: string): Buffer {
  const total = OVERHEAD_BYTES + headers.length + body.length;
  const out = Buffer.allocUnsafe(total);
  writePrelude(out, headers);
  out.write(body, 12 + headers.length, 'latin1');
  out.writeUInt32BE(crc32(out.subarray(0, total - 4)), total - 4);
  return out;
}

/** Frames `body` behind already encoded headers. */
export function encodeFrame(headers: Buffer, body: Buffer): Buffer {
  const total = OVERHEAD_BYTES + headers.length + body.length;
  const out = Buffer.allocUnsafe(total);
  writePrelude(out, headers);
  body.copy(out, 12 + headers.length);
  out.writeUInt32BE(crc32(out.subarray(0, total - 4)), total - 4);
  return out;
}

function writePrelude(out: Buffer, headers: Buffer): void {
  out.writeUInt32BE(out.length, 0);
  out.writeUInt32BE(headers.length, 4);
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8);
  headers.copy(out, 12);
}
