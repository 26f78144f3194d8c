import { readOgg, readOpusHeaders } from '../../bot/audio';

/** Enough to draw, and the least that Opus decodes to. */
const DRAWN_HZ = 8_000;
/** Each side's part of a packet. */
const FRAME_SAMPLES = DRAWN_HZ / 50;
/** Lengths from here on take two bytes. (RFC 6716 §3.2.1) */
const LONG = 252;

/** What each side sounds like, on the line of time of the whole call. */
export interface Waveforms {
  readonly caller: Int16Array;
  readonly bot: Int16Array;
}

/**
 * Both sides of a recording that began `startMs` after the call.
 * @throws RangeError for what is no recording of ours, or ends in the middle
 */
export async function waveformsOf(
  file: Buffer,
  { startMs, durationMs }: { readonly startMs: number; readonly durationMs: number },
): Promise<Waveforms> {
  const [head, tags, ...packets] = readOgg(file).packets;
  if (readOpusHeaders(head, tags).isSeparate !== true) throw new RangeError('not a recording of two sides');
  const { createDecoder } = await import('libopus-wasm');
  const samples = (ms: number): number => Math.round((ms * DRAWN_HZ) / 1_000);
  const side = async (of: 0 | 1): Promise<Int16Array> => {
    const decoder = await createDecoder({ channels: 1, sampleRate: DRAWN_HZ });
    try {
      const line = new Int16Array(samples(Math.max(durationMs, startMs)) + packets.length * FRAME_SAMPLES);
      packets.forEach((packet, at) =>
        line.set(decoder.decode(streamsOf(packet)[of]), samples(startMs) + at * FRAME_SAMPLES),
      );
      return line.subarray(0, samples(durationMs));
    } finally {
      decoder.free();
    }
  };
  return { caller: await side(0), bot: await side(1) };
}

/** The packets of the two streams in one: the first says how long it is, the second is the rest. (RFC 7845 §5.1.1.2, RFC 6716 B) */
function streamsOf(packet: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const [toc = 0, low = 0, high = 0] = packet;
  const isLong = low >= LONG;
  const from = isLong ? 3 : 2;
  const to = from + low + (isLong ? 4 * high : 0);
  return [Uint8Array.of(toc, ...packet.subarray(from, to)), packet.subarray(to)];
}
