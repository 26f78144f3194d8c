import { isUsableCandidate, parseOffer } from '../../../../bot/transport/webrtc/sdp';
import { CHROMIUM_OFFER } from '../../../support/offers';

test('an offer tells the microphone, the number of Opus, and the sections that are not wanted', () => {
  const offer = parseOffer(CHROMIUM_OFFER);
  expect(offer.audio).toEqual({ mid: '0', opusPayloadType: 111 });
  expect(offer.mids).toEqual(['0', '1', '2', '3']);
  expect(offer.others).toEqual([
    { kind: 'video', mid: '1', payloadType: 96, codec: 'VP8' },
    { kind: 'video', mid: '2', payloadType: 96, codec: 'VP8' },
  ]);
});

test('a camera without VP8 is answered with its first codec', () => {
  const offer = parseOffer(CHROMIUM_OFFER.replace(/a=rtpmap:96 VP8/g, 'a=rtpmap:96 AV1'));
  expect(offer.others[0]).toMatchObject({ payloadType: 96, codec: 'AV1' });
});

test('lines may end as on Unix', () => {
  expect(parseOffer(CHROMIUM_OFFER.replace(/\r\n/g, '\n')).audio.mid).toBe('0');
});

test('credentials and fingerprint may stand before the sections', () => {
  const secrets = /a=(?:ice-ufrag|ice-pwd|fingerprint):.*\r\n/g;
  const once = [...new Set(CHROMIUM_OFFER.match(secrets))].join('');
  const offer = CHROMIUM_OFFER.replace(secrets, '').replace(
    'a=extmap-allow-mixed\r\n',
    `a=extmap-allow-mixed\r\n${once}`,
  );
  expect(parseOffer(offer).audio.opusPayloadType).toBe(111);
});

test('candidates are taken out of the offer, and only those fit for use are kept', () => {
  const good = 'candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host generation 0';
  const hidden = 'candidate:2 1 udp 2113937151 2f7c1a5e-0000-4000-8000-000000000000.local 50001 typ host';
  const offer = parseOffer(
    CHROMIUM_OFFER.replace('a=mid:0\r\n', `a=mid:0\r\na=${good}\r\na=${hidden}\r\na=end-of-candidates\r\n`),
  );
  expect(offer.sdp).not.toContain('candidate');
  expect(offer.candidates).toEqual([{ candidate: good, mid: '0' }]);
});

test.each([
  ['IPv6', 'candidate:842163049 1 udp 1677729535 2001:db8::1 40678 typ srflx raddr :: rport 0', true],
  ['with a=', 'a=candidate:1 1 UDP 2114977791 127.0.0.1 38097 typ host', true],
  ['TCP', 'candidate:1 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active', false],
  ['a name', 'candidate:1 1 udp 2113937151 example.invalid 50000 typ host', false],
  ['RTCP component', 'candidate:1 2 udp 2113937151 192.0.2.7 50000 typ host', false],
  ['port 0', 'candidate:1 1 udp 2113937151 192.0.2.7 0 typ host', false],
  ['unknown type', 'candidate:1 1 udp 2113937151 192.0.2.7 50000 typ guess', false],
  ['cut short', 'candidate:1 1 udp', false],
  ['empty, which ends the candidates', '', false],
])('a candidate is judged: %s', (_name, candidate, usable) => {
  expect(isUsableCandidate(candidate)).toBe(usable);
});

test('a refusal says what is wrong and repeats nothing of the offer', () => {
  const offer = CHROMIUM_OFFER.replace(/a=ice-pwd:.*\r\n/g, 'a=ice-pwd:hunter2\r\n');
  expect(() => parseOffer(offer)).toThrow(/ice-pwd/);
  expect(() => parseOffer(offer)).not.toThrow(/hunter2/);
});
