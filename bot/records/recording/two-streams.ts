/** One frame in the packet, as an encoder makes it of 20 ms of CELT. (RFC 6716 §3.2.2) */
const ONE_FRAME = 0;
const FRAMES_MASK = 3;
/** Lengths from here on take two bytes. (RFC 6716 §3.2.1) */
const LONG = 252;

/**
 * One packet of two streams: the first says how long it is, the second is the rest (RFC 7845 §5.1.1.2, RFC 6716 appendix B).
 * So neither side's sound is ever heard on the other, which stereo would not promise.
 * @throws RangeError for a first packet of other than one frame
 */
export function twoStreams(first: Uint8Array, second: Uint8Array): Buffer {
  const [toc] = first;
  if (toc === undefined || (toc & FRAMES_MASK) !== ONE_FRAME) throw new RangeError('not a packet of one frame');
  const bytes = first.length - 1;
  const low = LONG + (bytes & FRAMES_MASK);
  const length = bytes < LONG ? [bytes] : [low, (bytes - low) >> 2];
  return Buffer.concat([Buffer.from([toc, ...length]), first.subarray(1), second]);
}
