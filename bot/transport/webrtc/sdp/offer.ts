import { type Credentials, readCredentials } from './credentials';
import type { Section, SessionDescription } from './session-description';
import { attributeOf, invalid, readDescription, valuesOf } from './session-description';

/** What the client sends and takes, seen from its side (RFC 3264 §6.1). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What becomes of a section; each is answered in its place. */
export type OfferedSection = { readonly line: Section; readonly mid: string | undefined } & (
  | { readonly use: 'voice' }
  | { readonly use: 'data' }
  /** A camera, a screen or a further microphone: kept by the client, and not used. */
  | { readonly use: 'idle'; readonly codec: Codec }
  /** Rejected by the client itself, outside the shared transport, or of a kind that is not known here. */
  | { readonly use: 'rejected' }
);

export interface Codec {
  readonly payloadType: number;
  readonly name: string;
  /** The value of its `a=rtpmap`; undefined for a static type that comes without (RFC 3551 §6). */
  readonly rtpmap: string | undefined;
}

/** What this bot needs to know of an offer. */
export interface OfferDescription {
  readonly sections: readonly OfferedSection[];
  /** The first audio section with Opus: the microphone, and the bot's voice back. */
  readonly voice: VoiceOffer;
  readonly data: DataOffer;
  readonly transport: Credentials;
  /** The names of the sections that share the transport (RFC 9143), as offered. */
  readonly bundled: readonly string[];
  /** Those in the offer, in order, unchecked. */
  readonly candidates: readonly string[];
}

export interface VoiceOffer {
  readonly mid: string;
  readonly opusPayloadType: number;
  readonly direction: Direction;
  /** The longest packet the client wants, in ms: `a=ptime` and `a=maxptime`. */
  readonly maxPacketMs: number;
}

export interface DataOffer {
  readonly mid: string;
  readonly sctpPort: number;
  /** The largest message the client takes, in bytes; undefined when it does not say. */
  readonly maxMessageBytes: number | undefined;
}

const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const DEFAULT_SCTP_PORT = 5_000;

/**
 * Reads and checks an offer before anything native sees it. Pure.
 * @throws BotError `sdp_invalid`, saying what is wrong but never what was written
 */
export function parseOffer(sdp: string): OfferDescription {
  const description = readDescription(sdp);
  const mids = nameSections(description);
  const { voice, data, bundled } = chooseCall(description, mids);
  const sections = description.sections.map((line, index) => {
    const mid = mids[index];
    return { line, mid, ...useOf(line, { voice, data, isBundled: mid !== undefined && bundled.includes(mid) }) };
  });
  const tagged = description.sections[mids.indexOf(bundled[0])] ?? voice;
  const places = [tagged, voice, data].map((section) => section.attributes);
  return {
    sections,
    voice: readVoice(voice, mids[description.sections.indexOf(voice)] ?? '', description.attributes),
    data: readData(data, mids[description.sections.indexOf(data)] ?? ''),
    transport: readCredentials(places, description.attributes),
    bundled,
    candidates: description.sections.flatMap((section) =>
      section.attributes.filter((line) => line.startsWith('candidate:')),
    ),
  };
}

/**
 * What tells the peer connection behind an offer from all others, in one line: its ICE credentials and its certificate. The
 * text itself may differ from one offer to the next. @throws BotError `sdp_invalid`
 */
export function peerBehind(sdp: string): string {
  const { ufrag, password, fingerprint } = parseOffer(sdp).transport;
  return `${ufrag} ${password} ${fingerprint.hash}`;
}

/** A name is needed only to share a transport: a section without one is rejected, or named as the reason. */
function nameSections({ sections }: SessionDescription): readonly (string | undefined)[] {
  const mids = sections.map((section) => attributeOf(section.attributes, 'mid'));
  const named = mids.filter((mid) => mid !== undefined);
  if (!named.every((mid) => /^[\w+.\-~]{1,32}$/.test(mid))) throw invalid('a section has no usable a=mid');
  if (new Set(named).size < named.length) throw invalid('two sections have the same a=mid');
  return mids;
}

/** Voice and data come over one transport, since libdatachannel has no second: they must be in one BUNDLE group. */
function chooseCall({ attributes, sections }: SessionDescription, mids: readonly (string | undefined)[]) {
  const live = sections.filter(isLive);
  const audio = live.filter((section) => section.kind === 'audio');
  if (audio.length === 0) throw invalid('no m=audio');
  const secured = audio.filter(isSecured);
  if (secured.length === 0) throw invalid('m=audio is not secured');
  const withOpus = secured.filter((section) => findCodec(section, 'opus') !== undefined);
  if (withOpus.length === 0) throw invalid('m=audio offers no Opus');
  const channels = live.filter((section) => section.kind === 'application' && section.protocol.includes('SCTP'));
  if (channels.length === 0) throw invalid('no data channel (m=application)');
  const midOf = (section: Section): string | undefined => mids[sections.indexOf(section)];
  for (const group of valuesOf(attributes, 'group')) {
    const [semantics, ...bundled] = group.split(' ').filter((tag) => tag !== '');
    if (semantics !== 'BUNDLE') continue;
    const isBundled = (section: Section): boolean => bundled.includes(midOf(section) ?? '');
    const voice = withOpus.find(isBundled);
    const data = channels.find(isBundled);
    if (voice !== undefined && data !== undefined) return { voice, data, bundled };
  }
  throw invalid('voice and data channel are not in one a=group:BUNDLE; offer them with the bundle policy max-bundle');
}

function useOf(section: Section, chosen: { voice: Section; data: Section; isBundled: boolean }) {
  if (section === chosen.voice) return { use: 'voice' } as const;
  if (section === chosen.data) return { use: 'data' } as const;
  const isMedia = section.kind === 'audio' || section.kind === 'video';
  if (!isMedia || !isLive(section) || !chosen.isBundled || !isSecured(section)) return { use: 'rejected' } as const;
  const codec = findCodec(section, section.kind === 'audio' ? 'opus' : 'VP8') ?? codecsOf(section)[0];
  return codec === undefined ? ({ use: 'rejected' } as const) : ({ use: 'idle', codec } as const);
}

function readVoice(section: Section, mid: string, session: readonly string[]): VoiceOffer {
  const opus = findCodec(section, 'opus');
  if (opus === undefined) throw invalid('m=audio offers no Opus');
  const own = DIRECTIONS.find((direction) => section.attributes.includes(direction));
  const general = DIRECTIONS.find((direction) => session.includes(direction));
  const packetMs = ['ptime', 'maxptime'].map((name) => Number(attributeOf(section.attributes, name)));
  return {
    mid,
    opusPayloadType: opus.payloadType,
    direction: own ?? general ?? 'sendrecv',
    maxPacketMs: Math.min(...packetMs.filter((ms) => ms > 0)),
  };
}

function readData(section: Section, mid: string): DataOffer {
  const ports = [attributeOf(section.attributes, 'sctp-port'), ...valuesOf(section.attributes, 'sctpmap')];
  const port = ports.map((value) => Number.parseInt(value ?? '', 10)).find((value) => value > 0 && value < 65_536);
  const maxMessageBytes = /^\d{1,12}$/.exec(attributeOf(section.attributes, 'max-message-size') ?? '')?.[0];
  return {
    mid,
    sctpPort: port ?? DEFAULT_SCTP_PORT,
    maxMessageBytes: maxMessageBytes === undefined ? undefined : Number(maxMessageBytes),
  };
}

/** Port 0 rejects a section, unless it is one that insists on sharing the transport (RFC 9143 §6). */
function isLive(section: Section): boolean {
  return section.port !== 0 || section.attributes.includes('bundle-only');
}

function isSecured(section: Section): boolean {
  return section.protocol.includes('RTP/SAVP');
}

function findCodec(section: Section, name: string): Codec | undefined {
  return codecsOf(section).find((codec) => codec.name.toLowerCase() === name.toLowerCase());
}

function codecsOf(section: Section): readonly Codec[] {
  return section.formats.flatMap((format): Codec[] => {
    const payloadType = Number(format);
    if (!/^\d{1,3}$/.test(format) || payloadType > 127) return [];
    const rtpmap = valuesOf(section.attributes, 'rtpmap').find((value) => value.startsWith(`${format} `));
    const match = /^\d{1,3} ([\w.-]{1,30})\/\d+(?:\/\d+)?$/.exec(rtpmap ?? '');
    if (match?.[1] !== undefined && rtpmap !== undefined) return [{ payloadType, name: match[1], rtpmap }];
    return rtpmap === undefined && payloadType < 96 ? [{ payloadType, name: format, rtpmap: undefined }] : [];
  });
}
