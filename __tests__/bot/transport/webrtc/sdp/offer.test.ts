import { parseOffer, toNativeOffer } from '../../../../../bot/transport/webrtc/sdp';
import { CHROMIUM_OFFER } from '../../../../support/offers';

const SHA_1 = `sha-1 ${'AB:'.repeat(19)}AB`;
const SHA_512 = `sha-512 ${'CD:'.repeat(63)}CD`;

/** What becomes of each section. */
function uses(sdp: string): readonly string[] {
  return parseOffer(sdp).sections.map((section) => section.use);
}

test('an offer tells the microphone, the number of Opus, and the sections that are not wanted', () => {
  const offer = parseOffer(CHROMIUM_OFFER);
  expect(offer.voice).toMatchObject({ mid: '0', opusPayloadType: 111, direction: 'sendrecv', maxPacketMs: Infinity });
  expect(offer.data).toEqual({ mid: '3', sctpPort: 5_000, maxMessageBytes: 262_144 });
  expect(offer.sections.map((section) => section.mid)).toEqual(['0', '1', '2', '3']);
  expect(uses(CHROMIUM_OFFER)).toEqual(['voice', 'idle', 'idle', 'data']);
  expect(offer.sections[1]).toMatchObject({ codec: { payloadType: 96, name: 'VP8' } });
});

test('a camera without VP8 is answered with its first codec', () => {
  const offer = parseOffer(CHROMIUM_OFFER.replace(/a=rtpmap:96 VP8/g, 'a=rtpmap:96 AV1'));
  expect(offer.sections[1]).toMatchObject({ use: 'idle', codec: { payloadType: 96, name: 'AV1' } });
});

test('a camera without a codec costs the camera, not the call', () => {
  expect(uses(CHROMIUM_OFFER.replace(/a=rtpmap:(96|97|103|104) .*\r\n/g, ''))).toEqual([
    'voice',
    'rejected',
    'rejected',
    'data',
  ]);
});

test('lines may end as on Unix', () => {
  expect(parseOffer(CHROMIUM_OFFER.replace(/\r\n/g, '\n')).voice.mid).toBe('0');
});

test('credentials and fingerprint may stand before the sections', () => {
  const secrets = /a=(?:ice-ufrag|ice-pwd|fingerprint):.*\r\n/g;
  const once = [...new Set(CHROMIUM_OFFER.match(secrets))].join('');
  const offer = CHROMIUM_OFFER.replace(secrets, '').replace(
    'a=extmap-allow-mixed\r\n',
    `a=extmap-allow-mixed\r\n${once}`,
  );
  expect(parseOffer(offer).transport.ufrag).toBe('eSzN');
});

test('candidates are told apart from the offer, and the native offer holds none', () => {
  const good = 'candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host generation 0';
  const hidden = 'candidate:2 1 udp 2113937151 2f7c1a5e-0000-4000-8000-000000000000.local 50001 typ host';
  const offer = parseOffer(
    CHROMIUM_OFFER.replace('a=mid:0\r\n', `a=mid:0\r\na=${good}\r\na=${hidden}\r\na=end-of-candidates\r\n`),
  );
  expect(toNativeOffer(offer)).not.toContain('candidate');
  expect(offer.candidates).toEqual([good, hidden]);
});

test('a refusal says what is wrong and repeats nothing of the offer', () => {
  const offer = CHROMIUM_OFFER.replace(/a=ice-pwd:.*\r\n/g, 'a=ice-pwd:hunter2\r\n');
  expect(() => parseOffer(offer)).toThrow(/ice-pwd/);
  expect(() => parseOffer(offer)).not.toThrow(/hunter2/);
});

test('P1: whatever is offered, libdatachannel is given one audio and one data section', () => {
  const microphones = CHROMIUM_OFFER.replace(/m=video 9 UDP\/TLS\/RTP\/SAVPF 96/g, 'm=audio 9 UDP/TLS/RTP/SAVPF 96');
  for (const sdp of [CHROMIUM_OFFER, microphones]) {
    const kinds = [...toNativeOffer(parseOffer(sdp)).matchAll(/^m=(\w+)/gm)].map((match) => match[1]);
    expect(kinds).toEqual(['audio', 'application']);
  }
});

test.each([
  ['SHA-1 beside SHA-256', (own: string) => [SHA_1, own], 'sha-256'],
  ['SHA-256 beside SHA-1', (own: string) => [own, SHA_1], 'sha-256'],
  ['SHA-512 beside SHA-256', (own: string) => [own, SHA_512], 'sha-512'],
  ['an unknown hash beside SHA-256', (own: string) => ['crc-32 AB:CD', own], 'sha-256'],
])('W4: the strongest fingerprint is used: %s', (_name, values, algorithm) => {
  const sdp = CHROMIUM_OFFER.replace(/a=fingerprint:(.*)\r\n/g, (_line, own: string) =>
    values(own)
      .map((value) => `a=fingerprint:${value}\r\n`)
      .join(''),
  );
  const { fingerprint } = parseOffer(sdp).transport;
  expect(fingerprint.algorithm).toBe(algorithm);
  expect(toNativeOffer(parseOffer(sdp)).match(/^a=fingerprint:/gm)).toHaveLength(1);
});

test('W3: what the client rejected itself is rejected', () => {
  expect(uses(CHROMIUM_OFFER.replace('m=video 9', 'm=video 0'))).toEqual(['voice', 'rejected', 'idle', 'data']);
});

test('a section that only insists on sharing the transport is not rejected', () => {
  const insisting = CHROMIUM_OFFER.replace('m=application 9', 'm=application 0').replace(
    'a=sctp-port',
    'a=bundle-only\r\na=sctp-port',
  );
  expect(uses(insisting)).toEqual(['voice', 'idle', 'idle', 'data']);
});

test('V8: without a shared transport the refusal names the bundle policy', () => {
  const apart = CHROMIUM_OFFER.replace('a=group:BUNDLE 0 1 2 3\r\n', '');
  expect(() => parseOffer(apart)).toThrow(/BUNDLE.*max-bundle/);
});

test('a section outside the shared transport is rejected', () => {
  expect(uses(CHROMIUM_OFFER.replace('BUNDLE 0 1 2 3', 'BUNDLE 0 2 3'))).toEqual(['voice', 'rejected', 'idle', 'data']);
});

describe('V10: what has no part in the call costs nothing of it', () => {
  test.each([
    ['a picture for a fax', 'm=image 0 udptl t38\r\n'],
    ['a section without a name', 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n'],
    ['a kind that nobody knows', 'm=hologram 9 TLS/BEAM x.y*z\r\na=mid:9\r\n'],
  ])('%s', (_name, section) => {
    expect(uses(`${CHROMIUM_OFFER}${section}`)).toEqual(['voice', 'idle', 'idle', 'data', 'rejected']);
  });

  test('static payload types without an rtpmap', () => {
    const sdp = CHROMIUM_OFFER.replace(/a=rtpmap:(0|8|9|13) .*\r\n/g, '');
    expect(parseOffer(sdp).voice.opusPayloadType).toBe(111);
    const phone = sdp.replace('m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104', 'm=audio 9 UDP/TLS/RTP/SAVPF 0');
    expect(parseOffer(phone).sections[1]).toMatchObject({ use: 'idle', codec: { payloadType: 0, rtpmap: undefined } });
  });
});

test('the first microphone with Opus is the voice', () => {
  const sdp = CHROMIUM_OFFER.replace('m=video 9 UDP/TLS/RTP/SAVPF 96', 'm=audio 9 UDP/TLS/RTP/SAVPF 96')
    .replace('a=rtpmap:111 opus', 'a=rtpmap:111 speex')
    .replace('a=rtpmap:96 VP8/90000', 'a=rtpmap:96 opus/48000/2');
  expect(uses(sdp)).toEqual(['idle', 'voice', 'idle', 'data']);
  expect(parseOffer(sdp).voice).toMatchObject({ mid: '1', opusPayloadType: 96 });
});

test('V11: a=ptime and a=maxptime bound the packets', () => {
  const withTimes = (times: string): number =>
    parseOffer(CHROMIUM_OFFER.replace('a=mid:0\r\n', `a=mid:0\r\n${times}`)).voice.maxPacketMs;
  expect(withTimes('a=maxptime:10\r\n')).toBe(10);
  expect(withTimes('a=ptime:10\r\na=maxptime:120\r\n')).toBe(10);
  expect(withTimes('a=maxptime:nonsense\r\n')).toBe(Infinity);
});
