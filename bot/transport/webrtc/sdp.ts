import { isIP } from 'node:net';
import { BotError } from '../../errors';

/** What this bot needs to know of an offer. */
export interface OfferDescription {
  /** The first audio section: the microphone, and the bot's voice back. */
  readonly audio: { readonly mid: string; readonly opusPayloadType: number };
  /** All sections' names in order. */
  readonly mids: readonly string[];
  /** Sections to be answered as inactive: cameras, screens, further microphones. */
  readonly others: readonly InactiveSection[];
  /** The offer without candidates; see `candidates`. */
  readonly sdp: string;
  /** Candidates in the offer that are fit for use, to be added after the answer. */
  readonly candidates: readonly { readonly candidate: string; readonly mid: string }[];
}

export interface InactiveSection {
  readonly kind: 'audio' | 'video';
  readonly mid: string;
  readonly payloadType: number;
  readonly codec: string;
}

/* Chrome offers about 9 KB, with many candidates 15. */
const MAX_SDP_BYTES = 64 * 1024;
const MAX_LINE_LENGTH = 4_096;
const MAX_LINES = 2_000;
/** Audio, camera, screen and data, with room to spare. */
const MAX_SECTIONS = 12;
const MAX_CANDIDATES = 64;

interface Section {
  readonly kind: string;
  readonly port: string;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly attributes: readonly string[];
}

/**
 * Reads and checks an offer before anything native sees it. Pure.
 * @throws BotError `sdp_invalid`, saying what is wrong but never what was written
 */
export function parseOffer(sdp: string): OfferDescription {
  const { session, sections } = split(sdp);
  const mids = new Set<string>();
  for (const section of sections) {
    const mid = attribute(section.attributes, 'mid');
    if (mid === undefined || !/^[\w+.\-~]{1,32}$/.test(mid)) throw invalid('a section has no usable a=mid');
    if (mids.has(mid)) throw invalid('two sections have the same a=mid');
    mids.add(mid);
  }
  checkSecurity(session, sections);
  const media = sections.filter((section) => section.kind === 'audio' || section.kind === 'video');
  const audio = media.find((section) => section.kind === 'audio' && section.port !== '0');
  if (audio === undefined) throw invalid('no m=audio');
  if (!audio.protocol.includes('RTP/SAVP')) throw invalid('m=audio is not secured');
  const opusPayloadType = findCodec(audio, 'opus');
  if (opusPayloadType === undefined) throw invalid('m=audio offers no Opus');
  const data = sections.find((section) => section.kind === 'application');
  if (data === undefined || !data.protocol.includes('SCTP')) throw invalid('no data channel (m=application)');
  return {
    audio: { mid: midOf(audio), opusPayloadType },
    mids: sections.map(midOf),
    others: media.filter((section) => section !== audio).map(inactive),
    sdp: withoutCandidates(sdp),
    candidates: sections.flatMap((section) =>
      section.attributes
        .filter((line) => line.startsWith('candidate:') && isUsableCandidate(line))
        .slice(0, MAX_CANDIDATES)
        .map((candidate) => ({ candidate, mid: midOf(section) })),
    ),
  };
}

/**
 * Whether a candidate (with or without `a=`) is one to try: UDP to a literal address. Browsers hide addresses behind
 * mDNS names (`….local`), which need no resolving, since the browser reaches us first; and any other name would
 * make this server look up what a stranger wrote.
 */
export function isUsableCandidate(candidate: string): boolean {
  if (candidate.length > 500 || /[^\x20-\x7e]/.test(candidate)) return false;
  const parts = candidate.replace(/^a=/, '').split(' ');
  const [foundation, component, protocol, priority, address, port, typ, type] = parts;
  if (foundation === undefined || !/^candidate:[\w+/-]{1,32}$/.test(foundation)) return false;
  if (component !== '1' || protocol?.toLowerCase() !== 'udp') return false;
  if (!/^\d{1,10}$/.test(priority ?? '') || !/^\d{1,5}$/.test(port ?? '')) return false;
  const portNumber = Number(port);
  if (portNumber < 1 || portNumber > 65_535 || isIP(address ?? '') === 0) return false;
  return typ === 'typ' && ['host', 'srflx', 'prflx', 'relay'].includes(type ?? '');
}

function split(sdp: string): { session: readonly string[]; sections: readonly Section[] } {
  if (sdp.length > MAX_SDP_BYTES || Buffer.byteLength(sdp) > MAX_SDP_BYTES) throw invalid('too big');
  const lines = sdp.split(/\r\n|\n/).filter((line) => line !== '');
  if (lines[0] !== 'v=0') throw invalid('does not begin with v=0');
  if (lines.length > MAX_LINES) throw invalid('too many lines');
  const session: string[] = [];
  const sections: (Section & { attributes: string[] })[] = [];
  for (const line of lines) {
    if (line.length > MAX_LINE_LENGTH) throw invalid('a line is too long');
    if (!/^[a-z]=[^\p{Cc}]*$/u.test(line)) throw invalid('a line is not as in RFC 8866');
    if (line.startsWith('m=')) sections.push({ ...mediaLine(line), attributes: [] });
    else if (line.startsWith('a=')) (sections.at(-1)?.attributes ?? session).push(line.slice(2));
    if (sections.length > MAX_SECTIONS) throw invalid('too many sections');
  }
  if (sections.length === 0) throw invalid('no m= section');
  return { session, sections };
}

function mediaLine(line: string): Omit<Section, 'attributes'> {
  const match = /^m=(audio|video|application|text|message) (\d{1,5})(?:\/\d+)? ([\w/]+) ([\w -]+)$/.exec(line);
  const [, kind = '', port = '', protocol = '', formats = ''] = match ?? [];
  if (match === null || Number(port) > 65_535) throw invalid('an m= line is not as in RFC 8866');
  return { kind, port, protocol, formats: formats.split(' ') };
}

/** Without credentials and a fingerprint there is no ICE and no DTLS; libdatachannel would wait for ever. */
function checkSecurity(session: readonly string[], sections: readonly Section[]): void {
  const all = [session, ...sections.map((section) => section.attributes)];
  const values = (name: string): string[] =>
    all.flatMap((lines) =>
      lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1)),
    );
  const ufrags = values('ice-ufrag');
  const passwords = values('ice-pwd');
  const fingerprints = values('fingerprint');
  // Lengths and alphabets of RFC 8839; a fingerprint is checked against the hash it names.
  if (ufrags.length === 0 || !ufrags.every((value) => /^[\w+/]{4,256}$/.test(value)))
    throw invalid('no usable a=ice-ufrag');
  if (passwords.length === 0 || !passwords.every((value) => /^[\w+/]{22,256}$/.test(value)))
    throw invalid('no usable a=ice-pwd');
  if (fingerprints.length === 0 || !fingerprints.every(isFingerprint)) throw invalid('no usable a=fingerprint');
  const setups = values('setup');
  if (!setups.every((value) => ['actpass', 'active', 'passive'].includes(value))) throw invalid('a=setup is unknown');
}

const HASH_BYTES: Readonly<Record<string, number>> = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

function isFingerprint(value: string): boolean {
  const [algorithm = '', hash = '', ...rest] = value.split(' ');
  const bytes = HASH_BYTES[algorithm.toLowerCase()];
  if (bytes === undefined || rest.length > 0) return false;
  return hash.length === bytes * 3 - 1 && /^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2})*$/.test(hash);
}

function inactive(section: Section): InactiveSection {
  const codec = section.kind === 'audio' ? 'opus' : 'VP8';
  const found = findCodec(section, codec);
  const first = codecs(section)[0];
  const chosen = found !== undefined ? { payloadType: found, name: codec } : first;
  if (chosen === undefined) throw invalid('a media section names no codec');
  return {
    kind: section.kind === 'audio' ? 'audio' : 'video',
    mid: midOf(section),
    payloadType: chosen.payloadType,
    codec: chosen.name,
  };
}

function findCodec(section: Section, name: string): number | undefined {
  return codecs(section).find((codec) => codec.name.toLowerCase() === name.toLowerCase())?.payloadType;
}

function codecs(section: Section): { payloadType: number; name: string }[] {
  return section.attributes.flatMap((line) => {
    const match = /^rtpmap:(\d{1,3}) ([\w.-]{1,30})\/\d+/.exec(line);
    const payloadType = Number(match?.[1]);
    const name = match?.[2];
    if (name === undefined || payloadType > 127 || !section.formats.includes(String(payloadType))) return [];
    return [{ payloadType, name }];
  });
}

function attribute(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1);
}

function midOf(section: Section): string {
  return attribute(section.attributes, 'mid') ?? '';
}

function withoutCandidates(sdp: string): string {
  const lines = sdp.split(/\r\n|\n/).filter((line) => line !== '');
  const kept = lines.filter((line) => !line.startsWith('a=candidate:') && line !== 'a=end-of-candidates');
  return `${kept.join('\r\n')}\r\n`;
}

function invalid(reason: string): BotError {
  return new BotError('sdp_invalid', `the SDP offer cannot be used: ${reason}`);
}
