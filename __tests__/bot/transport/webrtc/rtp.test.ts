import {
  isRtcp,
  parseRtp,
  parseVoiceRtp,
  sequenceDistance,
  timestampDistance,
  writeRtp,
} from '../../../../bot/transport/webrtc/rtp';

const PACKET = { payloadType: 111, marker: true, sequence: 65_535, timestamp: 4_294_967_295, ssrc: 0xdeadbeef };
const PAYLOAD = Uint8Array.of(1, 2, 3, 4);

test('a packet that was written is read again', () => {
  const bytes = writeRtp({ ...PACKET, payload: PAYLOAD });
  expect(parseRtp(bytes)).toEqual({ ...PACKET, payload: Buffer.from(PAYLOAD) });
});

test('contributing sources, header extension and padding are left out', () => {
  const plain = writeRtp({ ...PACKET, payload: PAYLOAD });
  const extension = Buffer.from([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
  const padding = Buffer.from([0, 0, 3]);
  const bytes = Buffer.concat([plain.subarray(0, 12), Buffer.alloc(8, 7), extension, plain.subarray(12), padding]);
  bytes[0] = 0x80 | 0x20 | 0x10 | 2;
  expect(parseRtp(bytes)?.payload).toEqual(Buffer.from(PAYLOAD));
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['less than a header', Buffer.alloc(11, 0x80)],
  ['another version', Buffer.alloc(40, 0x40)],
  ['STUN', Buffer.from('000100002112a442000000000000000000000000', 'hex')],
  ['RTCP', Buffer.from('80c80006deadbeef000000000000000000000000', 'hex')],
  ['more sources than bytes', Buffer.concat([Buffer.from([0x8f, 111]), Buffer.alloc(12)])],
  ['an extension cut short', Buffer.concat([Buffer.from([0x90, 111]), Buffer.alloc(12)])],
  [
    'an extension longer than the packet',
    Buffer.concat([Buffer.from([0x90, 111]), Buffer.alloc(10), Buffer.from([0, 0, 255, 255])]),
  ],
  ['more padding than payload', Buffer.concat([Buffer.from([0xa0, 111]), Buffer.alloc(11), Buffer.from([200])])],
])('what is no RTP is not taken for it: %s', (_name, bytes) => {
  expect(parseRtp(bytes)).toBeUndefined();
});

test('RTCP is told by its packet type, which with the marker bit no Opus payload type reaches', () => {
  expect(isRtcp(Buffer.from([0x80, 200]))).toBe(true);
  expect(isRtcp(Buffer.from([0x80, 111 | 0x80]))).toBe(false);
});

test('distances go across the wrap', () => {
  expect(sequenceDistance(2, 65_534)).toBe(4);
  expect(sequenceDistance(65_534, 2)).toBe(-4);
  expect(timestampDistance(960, 4_294_966_336)).toBe(1_920);
});

test('W2: a packet of padding only keeps its place and holds no voice', () => {
  const padded = Buffer.concat([writeRtp({ ...PACKET, payload: new Uint8Array(0) }), Buffer.from([0, 0, 0, 4])]);
  padded[0] = 0x80 | 0x20;
  expect(parseVoiceRtp(padded, 111)).toMatchObject({ sequence: 65_535, payload: Buffer.alloc(0) });
});

test('W2: comfort noise keeps its place and holds no voice', () => {
  const noise = writeRtp({ ...PACKET, payloadType: 13, payload: PAYLOAD });
  expect(parseVoiceRtp(noise, 111)).toMatchObject({ sequence: 65_535, payload: new Uint8Array(0) });
  expect(parseVoiceRtp(writeRtp({ ...PACKET, payload: PAYLOAD }), 111)?.payload).toEqual(Buffer.from(PAYLOAD));
  expect(parseVoiceRtp(Buffer.alloc(3), 111)).toBeUndefined();
});
