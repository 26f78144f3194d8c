import type { Random } from './random';

/** An offer as a browser writes it for Pipecat's client, of as many video sections as `random` has it; the lines. */
export function browserOffer(random: Random): string[] {
  const videos = random.integer(0, 3);
  const mids = Array.from({ length: videos + 2 }, (_, mid) => String(mid));
  const secrets = [
    `a=ice-ufrag:${random.bytes(3).toString('hex')}`,
    `a=ice-pwd:${random.bytes(12).toString('hex')}`,
    `a=fingerprint:sha-256 ${[...random.bytes(32)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`,
    'a=setup:actpass',
  ];
  return [
    'v=0',
    `o=- ${random.integer(1, 2 ** 40)} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8 110',
    'c=IN IP4 0.0.0.0',
    ...secrets,
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2',
    'a=rtpmap:110 telephone-event/48000',
    'a=ssrc:2231627014 cname:4TOk42mSjXCkVIa6',
    ...Array.from({ length: random.integer(0, 4) }, (_, n) => candidate(random, n)),
    ...mids
      .slice(1, -1)
      .flatMap((mid) => [
        'm=video 9 UDP/TLS/RTP/SAVPF 96 103',
        'c=IN IP4 0.0.0.0',
        ...secrets,
        `a=mid:${mid}`,
        `a=${random.pick(['sendrecv', 'sendonly', 'recvonly', 'inactive'])}`,
        'a=rtcp-mux',
        'a=rtpmap:96 VP8/90000',
        'a=rtcp-fb:96 nack pli',
        'a=rtpmap:103 H264/90000',
        'a=fmtp:103 packetization-mode=1;profile-level-id=42001f',
      ]),
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...secrets,
    `a=mid:${mids.length - 1}`,
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ];
}

function candidate(random: Random, n: number): string {
  const address = random.pick(['127.0.0.1', '::1', 'a1b2.local', '0.0.0.0']);
  return `a=candidate:${n} 1 udp 2113937151 ${address} ${random.integer(1024, 65_535)} typ host`;
}
