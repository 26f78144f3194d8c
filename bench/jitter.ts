import { MODEL_INPUT_HZ, samplesToMs } from '../bot/audio';
import { DEFAULT_LIMITS } from '../bot/sonic/limits';
import { InputPacer } from '../bot/sonic/session/input-pacer';
import { FRAME_MS, FRAME_SAMPLES, ReplayBuffer } from '../bot/sonic/session/replay-buffer';
import type { Clock } from '../bot/time';
import { OpusCodec } from '../bot/transport/webrtc/opus';
import { Presence } from '../bot/transport/webrtc/presence';
import { VoiceReceiver } from '../bot/transport/webrtc/receiver';
import { seeded } from '../testbed/random';
import { align } from '../testbed/speech';
import { BEFORE, LINES, type Line } from './jitter/lines';
import { joinedSpeech, packetsOf, type SentPacket } from './jitter/sender';

/** What became of the speech on one line. */
export interface JitterRow {
  readonly line: string;
  /** Of what the model is sent with what was said: 1 is the same. */
  readonly correlation: number;
  /** What the buffer adds for the packets it let through, in ms. */
  readonly addedP50Ms: number;
  readonly addedP95Ms: number;
  /** Packets that came, and were given up all the same. */
  readonly late: number;
  readonly correlationBefore: number;
  readonly addedP95BeforeMs: number;
}

/** Of the transport's beat and of the model's. */
const POLL_MS = 20;
const STEP_MS = 1;

/**
 * The same speech over lines that each do one thing to it, from RTP packets to the frames the model is sent: receiver,
 * Opus and the conversation's pacer are the bot's own, only time is made up, so that each run gives the same figures.
 */
export async function benchJitter(): Promise<JitterRow[]> {
  const codec = await OpusCodec.load();
  const said = joinedSpeech();
  const packets = await packetsOf(codec, said);
  const rows: JitterRow[] = [];
  for (const line of LINES) rows.push(await overLine(codec, line, packets, said));
  return rows;
}

async function overLine(
  codec: OpusCodec,
  line: Line,
  packets: readonly SentPacket[],
  said: Int16Array,
): Promise<JitterRow> {
  let nowMs = 0;
  const clock: Clock = { nowMs: () => nowMs, epochMs: () => nowMs, after: () => ({ cancel: () => undefined }) };
  const arrivals = line.carry(packets, seeded(7)).sort((a, b) => a.atMs - b.atMs);
  const arrivedAtMs = new Map(arrivals.map(({ packet, atMs }) => [packet.payload, atMs]));
  const decoder = await codec.createDecoder();
  const addedMs: number[] = [];
  const receiver = new VoiceReceiver({
    decoder: {
      failures: 0,
      decode: (playable) => {
        if (playable.kind === 'packet') addedMs.push(nowMs - (arrivedAtMs.get(playable.payload) ?? nowMs));
        return decoder.decode(playable);
      },
    },
    presence: new Presence(Infinity, 0),
    clock,
  });
  const kept = new ReplayBuffer(DEFAULT_LIMITS.keepCallerAudioMs);
  const pacer = new InputPacer(kept, DEFAULT_LIMITS.audioGapMs);
  receiver.listener = { onAudio: (pcm16k) => void kept.push(pcm16k) };
  const heard = new Int16Array(said.length + MODEL_INPUT_HZ);
  let heardSamples = 0;
  let next = 0;
  // A pause at the end lets everything out.
  const endMs = samplesToMs(said.length, MODEL_INPUT_HZ) + 500;
  for (; nowMs < endMs; nowMs += STEP_MS) {
    for (let arrival = arrivals[next]; arrival !== undefined && arrival.atMs <= nowMs; arrival = arrivals[next]) {
      receiver.take(arrival.packet);
      next += 1;
    }
    if (nowMs % POLL_MS === 0) receiver.poll();
    if (nowMs % FRAME_MS !== 0 || next === 0) continue;
    for (const frame of pacer.tick(nowMs)) {
      if (frame !== undefined) heard.set(frame.subarray(0, Math.max(0, heard.length - heardSamples)), heardSamples);
      heardSamples = Math.min(heard.length, heardSamples + FRAME_SAMPLES);
    }
  }
  decoder.free();
  addedMs.sort((a, b) => a - b);
  const before = BEFORE[line.name];
  return {
    line: line.name,
    correlation: align(heard.subarray(0, heardSamples), said).correlation,
    addedP50Ms: quantile(addedMs, 0.5),
    addedP95Ms: quantile(addedMs, 0.95),
    late: receiver.counts.packetsLate,
    correlationBefore: before?.correlation ?? NaN,
    addedP95BeforeMs: before?.addedP95Ms ?? NaN,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN) * 10) / 10;
}
