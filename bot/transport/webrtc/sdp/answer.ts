import { lines, type LocalTransport, OPUS_PROFILE } from './native';
import type { Direction, OfferDescription, OfferedSection } from './offer';

/** What the answer says of the bot's side. */
export interface Answerer {
  readonly transport: LocalTransport;
  /** Random, the same for all answers of a connection; the version grows with each that differs (RFC 3264 §8). */
  readonly sessionId: number;
  readonly version: number;
  readonly ssrc: number;
  /** As in our SDES packets. */
  readonly cname: string;
  readonly maxMessageBytes: number;
}

const ANSWERED: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** Whether the bot's voice goes to a client that offered this. */
export function sendsTo(offered: Direction): boolean {
  return offered === 'sendrecv' || offered === 'recvonly';
}

/** Whether a client that offered this is listened to. */
export function hears(offered: Direction): boolean {
  return offered === 'sendrecv' || offered === 'sendonly';
}

/** The answer to an offer: all its sections in their order, ours in the BUNDLE group, the rejected out of it. Pure. */
export function writeAnswer(offer: OfferDescription, answerer: Answerer): string {
  const accepted = offer.sections.filter((section) => section.use !== 'rejected');
  const bundled = offer.bundled.filter((mid) => accepted.some((section) => section.mid === mid));
  return lines([
    'v=0',
    `o=- ${answerer.sessionId} ${answerer.version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${bundled.join(' ')}`,
    'a=msid-semantic: WMS *',
    ...offer.sections.flatMap((section) => [
      ...bodyOf(section, offer, answerer),
      ...(section.use === 'rejected' ? [] : transportLines(answerer.transport, section.mid === bundled[0])),
    ]),
  ]);
}

function bodyOf(section: OfferedSection, offer: OfferDescription, answerer: Answerer): readonly string[] {
  const { kind, protocol, formats } = section.line;
  const name = section.mid === undefined ? [] : [`a=mid:${section.mid}`];
  const connection = 'c=IN IP4 0.0.0.0';
  const mux = section.line.attributes.includes('rtcp-mux') ? ['a=rtcp-mux'] : [];
  switch (section.use) {
    case 'rejected':
      return [`m=${kind} 0 ${protocol} ${formats.join(' ')}`, connection, ...name];
    case 'idle': {
      const { payloadType, rtpmap } = section.codec;
      const map = rtpmap === undefined ? [] : [`a=rtpmap:${rtpmap}`];
      return [`m=${kind} 9 ${protocol} ${payloadType}`, connection, ...name, 'a=inactive', ...mux, ...map];
    }
    case 'data': {
      const { sctpPort } = offer.data;
      const isOld = section.line.attributes.some((line) => line.startsWith('sctpmap:'));
      return [
        `m=${kind} 9 ${protocol} ${formats.join(' ')}`,
        connection,
        ...name,
        isOld ? `a=sctpmap:${sctpPort} webrtc-datachannel 65535` : `a=sctp-port:${sctpPort}`,
        `a=max-message-size:${answerer.maxMessageBytes}`,
      ];
    }
    case 'voice': {
      const { opusPayloadType: opus, direction } = offer.voice;
      return [
        `m=${kind} 9 ${protocol} ${opus}`,
        connection,
        ...name,
        `a=${ANSWERED[direction]}`,
        ...mux,
        `a=rtpmap:${opus} opus/48000/2`,
        `a=fmtp:${opus} ${OPUS_PROFILE}`,
        ...(sendsTo(direction)
          ? [
              'a=msid:bot bot-voice',
              `a=ssrc:${answerer.ssrc} cname:${answerer.cname}`,
              `a=ssrc:${answerer.ssrc} msid:bot bot-voice`,
            ]
          : []),
      ];
    }
  }
}

/** Candidates stand once, in the section that the group is named after (RFC 9143 §7.1). */
function transportLines(transport: LocalTransport, isTagged: boolean): readonly string[] {
  return [
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.password}`,
    'a=ice-options:trickle',
    `a=fingerprint:${transport.fingerprint}`,
    `a=setup:${transport.setup}`,
    ...(isTagged ? [...transport.candidates.map((candidate) => `a=${candidate}`), 'a=end-of-candidates'] : []),
  ];
}
