import type { OfferDescription } from './offer';
import { attributeOf, readDescription, valuesOf } from './session-description';

/** What libdatachannel calls the voice, whatever the client calls it. */
export const NATIVE_VOICE_MID = 'voice';
const NATIVE_DATA_MID = 'data';

/** Chrome would send stereo at 96 kb/s if asked with libdatachannel's default; this asks for voice with FEC. */
export const OPUS_PROFILE = 'minptime=10;useinbandfec=1';

/** Our side of the transport, as libdatachannel made it. */
export interface LocalTransport {
  readonly ufrag: string;
  readonly password: string;
  readonly fingerprint: string;
  readonly setup: string;
  /** The values of `a=candidate`, with their name. */
  readonly candidates: readonly string[];
}

/**
 * The offer libdatachannel is given: written here, with one audio and one data section and nothing of the client's text
 * but checked values. With two media sections it would look into RTCP packets to tell them apart, and one with a
 * malformed SDES then never lets go of the process (docs/adr/0004-two-native-sections.md). Pure.
 */
export function toNativeOffer({ voice, data, transport }: OfferDescription): string {
  const opus = voice.opusPayloadType;
  return lines([
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${NATIVE_VOICE_MID} ${NATIVE_DATA_MID}`,
    ...(transport.iceLite ? ['a=ice-lite'] : []),
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.password}`,
    'a=ice-options:trickle',
    `a=fingerprint:${transport.fingerprint.algorithm} ${transport.fingerprint.hash}`,
    `a=setup:${transport.setup}`,
    `m=audio 9 UDP/TLS/RTP/SAVPF ${opus}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${NATIVE_VOICE_MID}`,
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${opus} opus/48000/2`,
    `a=fmtp:${opus} ${OPUS_PROFILE}`,
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=mid:${NATIVE_DATA_MID}`,
    `a=sctp-port:${data.sctpPort}`,
    ...(data.maxMessageBytes === undefined ? [] : [`a=max-message-size:${data.maxMessageBytes}`]),
  ]);
}

/** Reads libdatachannel's answer; undefined when a part of the transport is missing. Pure. */
export function readNativeAnswer(sdp: string): LocalTransport | undefined {
  const { attributes, sections } = readDescription(sdp);
  const all = [...attributes, ...sections.flatMap((section) => section.attributes)];
  const [ufrag, password, fingerprint, setup] = ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'].map((name) =>
    attributeOf(all, name),
  );
  if (ufrag === undefined || password === undefined || fingerprint === undefined || setup === undefined) {
    return undefined;
  }
  return {
    ufrag,
    password,
    fingerprint,
    setup,
    candidates: valuesOf(all, 'candidate').map((value) => `candidate:${value}`),
  };
}

/** An SDP text of lines. */
export function lines(parts: readonly string[]): string {
  return `${parts.join('\r\n')}\r\n`;
}
