import { readOgg } from '../../../../../bot/audio/ogg';
import { readOpusHeaders } from '../../../../../bot/audio/opus-head';

export const HZ = 24_000;

export interface Sides {
  readonly left: Int16Array;
  readonly right: Int16Array;
}

/** Both sides of a recording at 24 kHz, as a player that follows RFC 7845 has them. */
export async function decodedRecording(file: Buffer): Promise<Sides> {
  const { packets, samples } = readOgg(file);
  const [head, tags, ...audio] = packets;
  const { preSkip } = readOpusHeaders(head, tags);
  const streams = audio.map((packet) => separated(packet));
  const length = Math.min(samples - preSkip, audio.length * 960 - preSkip) / 2;
  const side = async (of: 'first' | 'second'): Promise<Int16Array> => {
    const { createDecoder } = await import('libopus-wasm');
    const decoder = await createDecoder({ channels: 1, sampleRate: HZ });
    const pcm = new Int16Array(audio.length * 480);
    streams.forEach((stream, at) => pcm.set(decoder.decode(stream[of]), at * 480));
    decoder.free();
    return pcm.slice(preSkip / 2, preSkip / 2 + length);
  };
  return { left: await side('first'), right: await side('second') };
}

/** The packets of the two streams (RFC 6716, appendix B). */
function separated(packet: Uint8Array) {
  const [toc = 0, low = 0, high = 0] = packet;
  const isLong = low >= 252;
  const from = isLong ? 3 : 2;
  const to = from + low + (isLong ? 4 * high : 0);
  return { first: Uint8Array.of(toc, ...packet.subarray(from, to)), second: packet.subarray(to) };
}
