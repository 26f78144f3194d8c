import { OggWriter, readOgg, writeOgg } from '../../../bot/audio/ogg';
import { opusHeaders, readOpusHeaders } from '../../../bot/audio/opus-head';

const HEADERS = opusHeaders({ channels: 2, preSkip: 312, rateHz: 24_000 });
const packet = (bytes: number, at: number) => ({ bytes: new Uint8Array(bytes).fill(at), samples: at * 960 });

it('what has been written of a file is a file: of each page the packets and the position', () => {
  const writer = new OggWriter(1, HEADERS, 3);
  let file = writer.head;
  expect(readOgg(file).packets).toHaveLength(2);
  for (let at = 1; at <= 10; at += 1) {
    const page = writer.push(packet(40 + at, at));
    file = Buffer.concat([file, page]);
    const whole = Math.floor((at - 1) / 3) * 3;
    expect(page.length > 0).toBe(at % 3 === 1 && at > 1);
    expect(
      readOgg(file)
        .packets.slice(2)
        .map(({ length }) => length),
    ).toEqual(Array.from({ length: whole }, (_, index) => 41 + index));
    expect(readOgg(file).samples).toBe(whole * 960);
  }
  const whole = readOgg(Buffer.concat([file, writer.end()]));
  expect([whole.packets.length, whole.samples]).toEqual([12, 9_600]);
});

it.each([0, 1, 254, 255, 256, 509, 510, 511, 4_000])('a packet of %i bytes is read as it was written', (bytes) => {
  const packets = [packet(bytes, 1), packet(3, 2), packet(bytes, 3)];
  expect(
    readOgg(writeOgg(HEADERS, packets, 7))
      .packets.slice(2)
      .map(({ length }) => length),
  ).toEqual([bytes, 3, bytes]);
});

it('a page has no more packets than it has room for, and every page its number', () => {
  const packets = Array.from({ length: 300 }, (_, at) => packet(300, at + 1));
  const file = writeOgg(HEADERS, packets, 7);
  expect(readOgg(file).packets).toHaveLength(302);
  const numbers: number[] = [];
  for (let at = file.indexOf('OggS'); at >= 0; at = file.indexOf('OggS', at + 1))
    numbers.push(file.readUInt32LE(at + 18));
  expect(numbers).toEqual([0, 1, 2, 3, 4]);
});

it('the checksum is that of RFC 3533', () => {
  // The polynomial 04c11db7 over nine digits from zero, neither reflected nor inverted (CRC-32/MPEG-2 without its start).
  const page = writeOgg([], [{ bytes: Buffer.from('123456789'), samples: 0 }], 0);
  expect(page.readUInt32LE(22).toString(16)).toBe(slowChecksum(page).toString(16));
});

it('the headers of Opus say what they were given, and nothing else is taken for them', () => {
  expect(readOpusHeaders(...HEADERS)).toEqual({ channels: 2, isSeparate: false, preSkip: 312, rateHz: 24_000 });
  const separate = { channels: 2, isSeparate: true, preSkip: 312, rateHz: 24_000 } as const;
  expect(readOpusHeaders(...opusHeaders(separate))).toEqual(separate);
  const many = Buffer.from(HEADERS[0]);
  many.writeUInt8(6, 9);
  for (const head of [undefined, Buffer.from('OpusHead'), Buffer.alloc(19), many]) {
    expect(() => readOpusHeaders(head, HEADERS[1])).toThrow(RangeError);
  }
  expect(() => readOpusHeaders(HEADERS[0], Buffer.from('vorbis'))).toThrow(RangeError);
});

/** Bit by bit, as the RFC describes it, over the page with its own field zero. */
function slowChecksum(page: Buffer): number {
  const bytes = Buffer.from(page).fill(0, 22, 26);
  let sum = 0n;
  for (const byte of bytes) {
    sum ^= BigInt(byte) << 24n;
    for (let bit = 0; bit < 8; bit += 1) {
      sum = sum & 0x8000_0000n ? ((sum << 1n) ^ 0x04c1_1db7n) & 0xffff_ffffn : sum << 1n;
    }
  }
  return Number(sum);
}
