import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ } from '../../bot/audio';
import { FRAME_MS, FRAME_SAMPLES, type OpusCodec } from '../../bot/transport/webrtc/opus';
import type { RtpPacket } from '../../bot/transport/webrtc/rtp';
import { concatenate, readRecording, resample } from '../../testbed/speech';

/** A packet and when it left, in ms. */
export interface SentPacket {
  readonly packet: RtpPacket;
  readonly atMs: number;
}

const TIMES = 3;
const TICKS_PER_FRAME = 960;

/** Three recorded sentences, three times over, 16 kHz: about 35 s. */
export function joinedSpeech(): Int16Array {
  const sentences = (['0880', '0890', '0930'] as const).map((name) => readRecording(name).samples);
  const pieces = Array.from({ length: TIMES }, () => sentences).flat();
  return concatenate(pieces);
}

/** The speech as a browser sends it: Opus with FEC, a packet each 20 ms. */
export async function packetsOf(codec: OpusCodec, pcm16k: Int16Array): Promise<SentPacket[]> {
  const pcm = resample(pcm16k, MODEL_INPUT_HZ, MODEL_OUTPUT_HZ);
  const encoder = await codec.createEncoder();
  encoder.isProtected = true;
  const packets = Array.from({ length: Math.floor(pcm.length / FRAME_SAMPLES) }, (_, index) => ({
    packet: {
      payloadType: 111,
      marker: index === 0,
      sequence: (60_000 + index) & 0xffff,
      timestamp: (4_294_000_000 + index * TICKS_PER_FRAME) >>> 0,
      ssrc: 1,
      payload: encoder.encode(pcm.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES)),
    },
    atMs: (index + 1) * FRAME_MS,
  }));
  encoder.free();
  return packets;
}
