import { opusPacketMs } from '../../../../bot/transport/webrtc/opus-packet';

test.each([
  ['SILK, 60 ms', [3 << 3], 60],
  ['hybrid, 20 ms', [13 << 3], 20],
  ['CELT, 2.5 ms', [28 << 3], 2.5],
  ['two frames of 20 ms', [(9 << 3) | 1], 40],
  ['two frames of two sizes, 10 ms', [(8 << 3) | 2], 20],
  ['six frames of 20 ms', [(9 << 3) | 3, 6], 120],
  ['more than a packet may hold', [(11 << 3) | 3, 63], 120],
  ['no count where there should be one', [(9 << 3) | 3], 0],
  ['nothing', [], 0],
])('%s', (_what, bytes, ms) => {
  expect(opusPacketMs(Uint8Array.from(bytes))).toBe(ms);
});
