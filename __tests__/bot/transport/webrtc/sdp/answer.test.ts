import { parseOffer, writeAnswer } from '../../../../../bot/transport/webrtc/sdp';
import { CHROMIUM_OFFER } from '../../../../support/offers';

const ANSWERER = {
  transport: {
    ufrag: 'loca',
    password: 'local-password-of-22-ch',
    fingerprint: 'sha-256 AA:BB',
    setup: 'active',
    candidates: ['candidate:1 1 UDP 2114977791 127.0.0.1 50224 typ host'],
  },
  sessionId: 7,
  version: 1,
  ssrc: 4_242,
  cname: 'name',
  maxMessageBytes: 65_536,
};

const answerTo = (sdp: string): string => writeAnswer(parseOffer(sdp), ANSWERER);
const sectionsOf = (sdp: string): readonly string[] => sdp.split(/(?=^m=)/m).slice(1);
const group = (sdp: string): string | undefined => /^a=group:BUNDLE (.*)\r$/m.exec(sdp)?.[1];

test('every section is answered in its place, over one transport whose candidates stand once', () => {
  const answer = answerTo(CHROMIUM_OFFER);
  const sections = sectionsOf(answer);
  expect(sections.map((section) => section.slice(2, section.indexOf(' ')))).toEqual([
    'audio',
    'video',
    'video',
    'application',
  ]);
  expect(group(answer)).toBe('0 1 2 3');
  for (const section of sections) expect(section).toContain('a=ice-ufrag:loca\r\n');
  expect(answer.match(/^a=candidate:/gm)).toHaveLength(1);
  expect(sections[0]).toContain('a=candidate:');
});

test('a camera is kept and not used: Pipecat finds its transceivers by their place', () => {
  for (const camera of sectionsOf(answerTo(CHROMIUM_OFFER)).slice(1, 3)) {
    expect(camera).toMatch(/^m=video 9 UDP\/TLS\/RTP\/SAVPF 96\r\n/);
    expect(camera).toContain('a=inactive\r\n');
    expect(camera).toContain('a=rtpmap:96 VP8/90000\r\n');
  }
});

test('V1: after the camera was stopped its section is rejected, and not in the group', () => {
  const reoffer = CHROMIUM_OFFER.replace('m=video 9', 'm=video 0').replace('BUNDLE 0 1 2 3', 'BUNDLE 0 2 3');
  const answer = answerTo(reoffer);
  expect(group(answer)).toBe('0 2 3');
  const [, camera] = sectionsOf(answer);
  expect(camera).toBe('m=video 0 UDP/TLS/RTP/SAVPF 96 97 103 104\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n');
});

test('W3: what is not known here is rejected as it came', () => {
  const [fax] = sectionsOf(answerTo(`${CHROMIUM_OFFER}m=image 49170 udptl t38\r\n`)).slice(-1);
  expect(fax).toBe('m=image 0 udptl t38\r\nc=IN IP4 0.0.0.0\r\n');
});

test.each([
  ['sendrecv', 'sendrecv', true],
  ['sendonly', 'recvonly', false],
  ['recvonly', 'sendonly', true],
  ['inactive', 'inactive', false],
])('V3: %s is answered with %s', (offered, answered, sends) => {
  const [voice] = sectionsOf(answerTo(CHROMIUM_OFFER.replace('a=sendrecv', `a=${offered}`)));
  expect(voice).toContain(`a=${answered}\r\n`);
  expect(voice?.includes('a=ssrc:4242 cname:name\r\n')).toBe(sends);
});

test('V3: the direction may stand before the sections', () => {
  const sdp = CHROMIUM_OFFER.replace('a=sendrecv\r\n', '').replace('t=0 0\r\n', 't=0 0\r\na=recvonly\r\n');
  expect(sectionsOf(answerTo(sdp))[0]).toContain('a=sendonly\r\n');
});

test('V9: Opus is answered under the number that the offer gives it', () => {
  const [voice] = sectionsOf(answerTo(CHROMIUM_OFFER.replace(/111/g, '120')));
  expect(voice).toMatch(/^m=audio 9 UDP\/TLS\/RTP\/SAVPF 120\r\n/);
  expect(voice).toContain('a=rtpmap:120 opus/48000/2\r\na=fmtp:120 ');
});

describe('V11: nothing is answered that was not offered', () => {
  test('groups and rtcp-mux', () => {
    expect(answerTo(CHROMIUM_OFFER)).not.toContain('a=group:LS');
    expect(answerTo(CHROMIUM_OFFER).match(/^a=rtcp-mux/gm)).toHaveLength(3);
    expect(answerTo(CHROMIUM_OFFER.replace(/a=rtcp-mux\r\n/g, ''))).not.toContain('rtcp-mux');
  });

  test('the protocol stays', () => {
    const old = CHROMIUM_OFFER.replace(/UDP\/TLS\/RTP\/SAVPF/g, 'RTP/SAVPF')
      .replace('UDP/DTLS/SCTP webrtc-datachannel', 'DTLS/SCTP 5000')
      .replace('a=sctp-port:5000', 'a=sctpmap:5000 webrtc-datachannel 1024');
    const lines = [...answerTo(old).matchAll(/^m=.*/gm)].map((match) => match[0].trim());
    expect(lines).toEqual([
      'm=audio 9 RTP/SAVPF 111',
      'm=video 9 RTP/SAVPF 96',
      'm=video 9 RTP/SAVPF 96',
      'm=application 9 DTLS/SCTP 5000',
    ]);
    expect(answerTo(old)).toContain('a=sctpmap:5000 webrtc-datachannel');
  });
});
