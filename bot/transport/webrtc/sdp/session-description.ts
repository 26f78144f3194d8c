import { BotError } from '../../../errors';

/** An `m=` line and the attributes below it. */
export interface Section {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Without `a=`. */
  readonly attributes: readonly string[];
}

/** A description as RFC 8866 divides it; of the lines only `m=` and `a=` matter to WebRTC. */
export interface SessionDescription {
  readonly attributes: readonly string[];
  readonly sections: readonly Section[];
}

/* Chrome offers about 9 KB, with many candidates 15. */
const MAX_SDP_BYTES = 64 * 1024;
const MAX_LINE_LENGTH = 4_096;
const MAX_LINES = 2_000;
/** Audio, camera, screen and data, with room to spare. */
const MAX_SECTIONS = 12;

/**
 * Reads a description from anybody. Pure.
 * @throws BotError `sdp_invalid`, saying what is wrong but never what was written
 */
export function readDescription(sdp: string): SessionDescription {
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
  return { attributes: session, sections };
}

/** Media and formats are tokens of any name (RFC 8866 §5.14): what we do not know we answer as rejected. */
function mediaLine(line: string): Omit<Section, 'attributes'> {
  const match = /^m=([\w!#$%&'*+.^`{|}~-]{1,32}) (\d{1,5})(?:\/\d{1,5})? ([\w/.+-]{1,64}) ([\x21-\x7e ]+)$/.exec(line);
  const [, kind = '', port = '', protocol = '', formats = ''] = match ?? [];
  if (match === null || Number(port) > 65_535) throw invalid('an m= line is not as in RFC 8866');
  return { kind, port: Number(port), protocol, formats: formats.split(' ').filter((format) => format !== '') };
}

/** The value of the first `a=name:value`. */
export function attributeOf(attributes: readonly string[], name: string): string | undefined {
  return valuesOf(attributes, name)[0];
}

/** The values of every `a=name:value`. */
export function valuesOf(attributes: readonly string[], name: string): readonly string[] {
  return attributes.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1));
}

export function invalid(reason: string): BotError {
  return new BotError('sdp_invalid', `the SDP offer cannot be used: ${reason}`);
}
