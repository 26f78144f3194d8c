import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { crc32, tableCrc32 } from '../../../../testbed/fakes/bedrock/crc32';
import {
  decodeFrame,
  encodeAsciiFrame,
  encodeFrame,
  encodeStringHeaders,
  FrameReader,
  FramingError,
} from '../../../../testbed/fakes/bedrock/framing';

const sdk = new EventStreamCodec(toUtf8, fromUtf8);

function sdkMessage(body = 'hello'): Buffer {
  return Buffer.from(
    sdk.encode({
      headers: {
        ':date': { type: 'timestamp', value: new Date(1_700_000_000_123) },
        ':chunk-signature': { type: 'binary', value: new Uint8Array([1, 2, 3]) },
        text: { type: 'string', value: 'søk' },
        yes: { type: 'boolean', value: true },
        no: { type: 'boolean', value: false },
        byte: { type: 'byte', value: -5 },
        short: { type: 'short', value: -300 },
        int: { type: 'integer', value: 70_000 },
        uuid: { type: 'uuid', value: '7f0a2ad7-5b0e-4f0e-9b2a-0123456789ab' },
      },
      body: fromUtf8(body),
    }),
  );
}

describe('event-stream messages', () => {
  it("reads the SDK's messages, every type of header included", () => {
    const { headers, body } = decodeFrame(sdkMessage());
    expect(body.toString()).toBe('hello');
    const value = (name: string): unknown => headers.get(name)?.value;
    expect(value(':date')).toEqual(new Date(1_700_000_000_123));
    expect(value(':chunk-signature')).toEqual(Buffer.from([1, 2, 3]));
    expect([value('text'), value('yes'), value('no')]).toEqual(['søk', true, false]);
    expect([value('byte'), value('short'), value('int')]).toEqual([-5, -300, 70_000]);
    expect(value('uuid')).toBe('7f0a2ad75b0e4f0e9b2a0123456789ab');
  });

  it('keeps the bytes of a header as they were signed', () => {
    const raw = decodeFrame(sdkMessage()).headers.get(':date')?.raw;
    const expected = sdk.formatHeaders({ ':date': { type: 'timestamp', value: new Date(1_700_000_000_123) } });
    expect(raw).toEqual(Buffer.from(expected));
  });

  it('writes messages that the SDK reads', () => {
    const headers = encodeStringHeaders({ ':event-type': 'chunk', ':message-type': 'event' });
    for (const message of [encodeFrame(headers, Buffer.from('{"a":1}')), encodeAsciiFrame(headers, '{"a":1}')]) {
      const read = sdk.decode(message);
      expect(toUtf8(read.body)).toBe('{"a":1}');
      expect(read.headers[':event-type']?.value).toBe('chunk');
    }
  });

  it('puts messages together again wherever the network has cut them', () => {
    const wire = Buffer.concat([sdkMessage('one'), sdkMessage('two'), sdkMessage('three')]);
    for (const size of [1, 7, 64, wire.length]) {
      const reader = new FrameReader();
      const bodies: string[] = [];
      for (let at = 0; at < wire.length; at += size) {
        for (const frame of reader.push(wire.subarray(at, at + size))) bodies.push(frame.body.toString());
      }
      expect(bodies).toEqual(['one', 'two', 'three']);
      expect(reader.pendingBytes).toBe(0);
    }
  });

  it('knows of a message whose rest never came', () => {
    const reader = new FrameReader();
    expect([...reader.push(sdkMessage().subarray(0, 20))]).toEqual([]);
    expect(reader.pendingBytes).toBe(20);
  });

  it.each([
    ['a flipped bit in the body', (m: Buffer) => m.writeUInt8(m.readUInt8(m.length - 6) ^ 1, m.length - 6)],
    ['a wrong prelude checksum', (m: Buffer) => m.writeUInt8(m.readUInt8(8) ^ 1, 8)],
    ['a wrong message checksum', (m: Buffer) => m.writeUInt8(m.readUInt8(m.length - 1) ^ 1, m.length - 1)],
    ['a length below the least possible', (m: Buffer) => m.writeUInt32BE(3, 0)],
    ['an enormous length', (m: Buffer) => m.writeUInt32BE(0x7fffffff, 0)],
    ['enormous headers', (m: Buffer) => m.writeUInt32BE(0x7fffffff, 4)],
  ])('refuses %s', (_, damage) => {
    const message = sdkMessage();
    damage(message);
    expect(() => [...new FrameReader().push(message)]).toThrow(FramingError);
  });

  it('refuses headers that are cut off or given twice', () => {
    expect(() => decodeFrame(encodeFrame(Buffer.from([5, 97]), Buffer.alloc(0)))).toThrow('cut off');
    const twice = encodeStringHeaders({ a: '1' });
    expect(() => decodeFrame(encodeFrame(Buffer.concat([twice, twice]), Buffer.alloc(0)))).toThrow('twice');
    expect(() => decodeFrame(encodeFrame(Buffer.from([1, 97, 99]), Buffer.alloc(0)))).toThrow('Unknown header type');
  });

  it('has a checksum by table that equals the native one', () => {
    const bytes = Buffer.from('The quick brown fox jumps over the lazy dog');
    expect(tableCrc32(bytes)).toBe(0x414fa339);
    expect(crc32(bytes)).toBe(0x414fa339);
    expect(tableCrc32(bytes.subarray(9), tableCrc32(bytes.subarray(0, 9)))).toBe(0x414fa339);
  });
});
