/*
 * Ogg, as far as a file of one logical stream needs it (RFC 3533): packets in pages, each with a checksum and the number of
 * samples that are known at its end.
 */

const CAPTURE = Buffer.from('OggS');
const HEADER_BYTES = 27;
const MAX_SEGMENTS = 255;
const FLAG_FIRST = 2;
const FLAG_LAST = 4;

/** What a file holds. */
export interface OggPackets {
  readonly packets: readonly Uint8Array[];
  /** Samples up to the end, as the stream's codec counts them. */
  readonly samples: number;
}

/** Reads a file. @throws RangeError for what is no such file, or is damaged */
export function readOgg(file: Buffer): OggPackets {
  const packets: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  let samples = 0;
  let at = 0;
  while (at < file.length) {
    const page = readPage(file, at);
    for (const { bytes, isEnd } of page.pieces) {
      open.push(bytes);
      if (!isEnd) continue;
      packets.push(Buffer.concat(open));
      open = [];
    }
    // A page in which no packet ends has no position.
    if (page.samples >= 0) samples = page.samples;
    at += page.length;
  }
  if (packets.length === 0 || open.length > 0) throw new RangeError('the file ends in the middle');
  return { packets, samples };
}

interface Page {
  readonly length: number;
  readonly samples: number;
  readonly pieces: readonly { readonly bytes: Uint8Array; readonly isEnd: boolean }[];
}

function readPage(file: Buffer, at: number): Page {
  const isPage = at + HEADER_BYTES <= file.length && file.subarray(at, at + 4).equals(CAPTURE) && file[at + 4] === 0;
  if (!isPage) throw new RangeError('not an Ogg file');
  const segments = file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + file.readUInt8(at + 26));
  const bodyAt = at + HEADER_BYTES + segments.length;
  const length = HEADER_BYTES + segments.length + segments.reduce((sum, size) => sum + size, 0);
  if (at + length > file.length) throw new RangeError('the file ends in the middle');
  const unsigned = Buffer.from(file.subarray(at, at + length));
  unsigned.writeUInt32LE(0, 22);
  if (checksum(unsigned) !== file.readUInt32LE(at + 22)) throw new RangeError('the file is damaged');
  const pieces: Page['pieces'][number][] = [];
  let from = bodyAt;
  let to = bodyAt;
  segments.forEach((size, index) => {
    to += size;
    const isEnd = size < MAX_SEGMENTS;
    if (!isEnd && index < segments.length - 1) return;
    pieces.push({ bytes: file.subarray(from, to), isEnd });
    from = to;
  });
  return { length, samples: Number(file.readBigInt64LE(at + 6)), pieces };
}

/** A packet to write, and the samples up to its end. */
export interface OggPacket {
  readonly bytes: Uint8Array;
  readonly samples: number;
}

/**
 * Writes a file: each of `headers` on a page of its own, then `packets`, as many to a page as fit.
 * @param serial tells streams apart; two files may have the same
 */
export function writeOgg(headers: readonly Uint8Array[], packets: readonly OggPacket[], serial: number): Buffer {
  const writer = new OggWriter(serial, headers);
  const pages = packets.map((packet) => writer.push(packet));
  return Buffer.concat([writer.head, ...pages, writer.end()]);
}

/** Writes a file page by page, so that what has been written so far is a file that plays. */
export class OggWriter {
  /** What the file begins with: each header on a page of its own. */
  readonly head: Buffer;
  readonly #serial: number;
  readonly #maxPackets: number;
  #pages = 0;
  #waiting: OggPacket[] = [];
  #segments = 0;

  /** @param maxPackets on a page; it has fewer where no more fit */
  constructor(serial: number, headers: readonly Uint8Array[], maxPackets = MAX_SEGMENTS) {
    this.#serial = serial;
    this.#maxPackets = maxPackets;
    this.head = Buffer.concat(headers.map((bytes) => this.#page([{ bytes, samples: 0 }])));
  }

  /** Takes a packet; the page that is full without it, or nothing. */
  push(packet: OggPacket): Buffer {
    const needs = segmentsOf(packet.bytes.length);
    const isFull = this.#waiting.length === this.#maxPackets || this.#segments + needs > MAX_SEGMENTS;
    const page = isFull ? this.#takeWaiting() : NOTHING;
    this.#waiting.push(packet);
    this.#segments += needs;
    return page;
  }

  /** The last page: nothing follows it. */
  end(): Buffer {
    return this.#takeWaiting(FLAG_LAST);
  }

  #takeWaiting(flags = 0): Buffer {
    const page = this.#page(this.#waiting, flags);
    this.#waiting = [];
    this.#segments = 0;
    return page;
  }

  #page(packets: readonly OggPacket[], flags = 0): Buffer {
    const first = this.#pages === 0 ? FLAG_FIRST : 0;
    return writePage(packets, { index: this.#pages++, serial: this.#serial, flags: first | flags });
  }
}

const NOTHING = Buffer.alloc(0);

interface PageHeader {
  readonly index: number;
  readonly serial: number;
  readonly flags: number;
}

function writePage(packets: readonly OggPacket[], { index, serial, flags }: PageHeader): Buffer {
  const segments = packets.flatMap(({ bytes }) => lacing(bytes.length));
  const header = Buffer.alloc(HEADER_BYTES);
  CAPTURE.copy(header);
  header.writeUInt8(flags, 5);
  header.writeBigInt64LE(BigInt(packets.at(-1)?.samples ?? 0), 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(index, 18);
  header.writeUInt8(segments.length, 26);
  const page = Buffer.concat([header, Buffer.from(segments), ...packets.map(({ bytes }) => bytes)]);
  page.writeUInt32LE(checksum(page), 22);
  return page;
}

/** A packet's length in bytes of 255 and one smaller, which ends it. */
function lacing(length: number): number[] {
  return [...Array<number>(segmentsOf(length) - 1).fill(MAX_SEGMENTS), length % MAX_SEGMENTS];
}

const segmentsOf = (length: number): number => Math.floor(length / MAX_SEGMENTS) + 1;

const CHECKSUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  return sum;
});

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum << 8) ^ (CHECKSUMS[((sum >>> 24) ^ byte) & 0xff] ?? 0);
  return sum >>> 0;
}
