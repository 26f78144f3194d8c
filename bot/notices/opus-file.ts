import { MODEL_OUTPUT_HZ, msToSamples, OPUS_HZ, opusHeaders, readOgg, readOpusHeaders, writeOgg } from '../audio';

const OPUS_PER_SAMPLE = OPUS_HZ / MODEL_OUTPUT_HZ;
const FRAME_SAMPLES = msToSamples(20, MODEL_OUTPUT_HZ);
/** Speech is as good as it was at this rate, in a twelfth of the bytes. */
const BITRATE = 32_000;

/**
 * An Ogg Opus file (RFC 7845): what it returns gives its sound, 24 kHz mono, which is decoded when it is first asked for.
 * @throws RangeError for what is no such file, or is damaged; so does what it returns, for what no encoder has written
 */
export async function openOpusFile(file: Buffer): Promise<() => Int16Array> {
  const { packets, samples } = readOgg(file);
  const [head, tags, ...audio] = packets;
  const { preSkip } = readOpusHeaders(head, tags);
  const { createDecoder } = await import('libopus-wasm');
  const decoder = await createDecoder({ channels: 1, sampleRate: MODEL_OUTPUT_HZ });
  const decodeAll = (): Int16Array => {
    try {
      const sound = joined(audio.map((packet) => decoder.decode(packet)));
      return sound.slice(preSkip / OPUS_PER_SAMPLE, Math.min(samples / OPUS_PER_SAMPLE, sound.length));
    } catch (cause) {
      throw new RangeError('the file is damaged', { cause });
    } finally {
      decoder.free();
    }
  };
  let sound: Int16Array | undefined;
  return () => (sound ??= decodeAll());
}

/** An Ogg Opus file of this sound; the same bytes for the same sound. @param pcm24k mono */
export async function encodeOpusFile(pcm24k: Int16Array): Promise<Buffer> {
  const { Application, createEncoder, Signal } = await import('libopus-wasm');
  const encoder = await createEncoder({
    channels: 1,
    sampleRate: MODEL_OUTPUT_HZ,
    application: Application.Audio,
    signal: Signal.Voice,
    bitrate: BITRATE,
  });
  try {
    const preSkip = encoder.getLookahead() * OPUS_PER_SAMPLE;
    const end = preSkip + pcm24k.length * OPUS_PER_SAMPLE;
    const frames = Math.ceil(end / OPUS_PER_SAMPLE / FRAME_SAMPLES);
    const padded = new Int16Array(frames * FRAME_SAMPLES);
    padded.set(pcm24k);
    const packets = Array.from({ length: frames }, (_, frame) => {
      const piece = padded.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES);
      const samples = Math.min((frame + 1) * FRAME_SAMPLES * OPUS_PER_SAMPLE, end);
      return { bytes: Uint8Array.from(encoder.encode(piece, { frameSize: FRAME_SAMPLES })), samples };
    });
    return writeOgg(opusHeaders({ channels: 1, preSkip, rateHz: MODEL_OUTPUT_HZ }), packets, 1);
  } finally {
    encoder.free();
  }
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
