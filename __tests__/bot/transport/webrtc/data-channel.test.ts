import { MAX_MESSAGE_BYTES, parseFrame, signallingFrame } from '../../../../bot/transport/webrtc/data-channel';

test('keep-alives are plain text and seen before anything is parsed', () => {
  expect(parseFrame('ping: 1700000000000')).toEqual({ kind: 'ping' });
});

test('a track status tells the microphone on or off', () => {
  const frame = { type: 'signalling', message: { type: 'trackStatus', receiver_index: 0, enabled: false } };
  expect(parseFrame(JSON.stringify(frame))).toEqual({ kind: 'track-status', receiverIndex: 0, enabled: false });
});

test('an RTVI message is handed on unchanged', () => {
  const message = { label: 'rtvi-ai', type: 'send-text', id: '1', data: { content: 'hi' } };
  expect(parseFrame(JSON.stringify(message))).toEqual({ kind: 'message', message });
});

test('JSON that is no message is handed on too, for its reader to refuse and answer', () => {
  expect(parseFrame('[1]')).toEqual({ kind: 'message', message: [1] });
  expect(parseFrame('null')).toEqual({ kind: 'message', message: null });
});

test.each([
  ['binary', Buffer.from('{}'), 'binary frame'],
  ['too big', `"${'x'.repeat(MAX_MESSAGE_BYTES)}"`, 'frame too big'],
  ['too big in bytes', `"${'é'.repeat(MAX_MESSAGE_BYTES / 2)}"`, 'frame too big'],
  ['not JSON', '{"label":', 'not JSON'],
  ['unknown signalling', '{"type":"signalling","message":{"type":"dance"}}', 'unknown signalling'],
  ['signalling without a message', '{"type":"signalling"}', 'unknown signalling'],
  [
    'a status that is none',
    '{"type":"signalling","message":{"type":"trackStatus","enabled":1}}',
    'trackStatus not as documented',
  ],
])('a frame that cannot be used is refused: %s', (_name, data, reason) => {
  expect(parseFrame(data)).toEqual({ kind: 'refused', reason });
});

test('JSON deeper than any stack is parsed or refused, never thrown', () => {
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
  expect(['message', 'refused']).toContain(parseFrame(deep).kind);
});

test('the frames the bot sends are those the client looks for', () => {
  expect(JSON.parse(signallingFrame('peerLeft'))).toEqual({ type: 'signalling', message: { type: 'peerLeft' } });
});
