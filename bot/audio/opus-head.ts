/** Opus counts samples at this rate, whatever rate the sound has. (RFC 7845 §4) */
export const OPUS_HZ = 48_000;

const HEAD_BYTES = 19;
/** Two streams, none of them stereo, the first of which is heard left and the other right. (RFC 7845 §5.1.1) */
const SEPARATE_FAMILY = 1;
const SEPARATE_MAPPING = [2, 0, 0, 1];

interface OpusHead {
  readonly channels: 1 | 2;
  /** Whether each channel is a stream of its own, rather than all of them one stream. */
  readonly isSeparate?: boolean;
  /** Samples at 48 kHz before the sound begins, which a player leaves out. */
  readonly preSkip: number;
  /** Of the sound before it was encoded. */
  readonly rateHz: number;
}

/** The headers that an Ogg Opus file begins with. No encoder's name and no comments: the bytes are to depend on the sound alone. */
export function opusHeaders({ channels, isSeparate = false, preSkip, rateHz }: OpusHead): readonly [Buffer, Buffer] {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write('OpusHead', 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(rateHz, 12);
  head.writeUInt8(isSeparate ? SEPARATE_FAMILY : 0, HEAD_BYTES - 1);
  const mapping = Buffer.from(isSeparate ? SEPARATE_MAPPING : []);
  return [Buffer.concat([head, mapping]), Buffer.from('OpusTags\0\0\0\0\0\0\0\0', 'latin1')];
}

/** What a file says of its sound. @throws RangeError when these are no headers of Opus */
export function readOpusHeaders(head: Uint8Array | undefined, tags: Uint8Array | undefined): OpusHead {
  const isOpus = startsWith(head, 'OpusHead') && startsWith(tags, 'OpusTags') && head.length >= HEAD_BYTES;
  if (!isOpus) throw new RangeError('not Opus');
  const fields = Buffer.from(head);
  const [channels, family] = [fields[9], fields[HEAD_BYTES - 1]];
  const isSeparate = family === SEPARATE_FAMILY && fields.subarray(HEAD_BYTES).equals(Buffer.from(SEPARATE_MAPPING));
  if ((channels !== 1 && channels !== 2) || (family !== 0 && !isSeparate)) throw new RangeError('not of this kind');
  return { channels, isSeparate, preSkip: fields.readUInt16LE(10), rateHz: fields.readUInt32LE(12) };
}

const startsWith = (bytes: Uint8Array | undefined, text: string): bytes is Uint8Array =>
  bytes !== undefined && Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;
