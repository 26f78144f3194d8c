import { MODEL_INPUT_HZ, msToSamples, VoiceActivity } from '../../bot/audio';
import { Ducker } from '../../bot/call/ducker';

const FRAME_MS = 20;

/** What the caller heard of a bot that speaks all the time while a sound came from the caller's end. */
export interface Trial {
  /** From the beginning of the sound's audio until the bot was lowered, once for each time. */
  readonly duckedAtMs: readonly number[];
  /** How long it was low, in all. */
  readonly duckedMs: number;
}

/**
 * Plays `sound` (16 kHz) to the bot's own detector and ducker, frame by frame, with nobody who confirms a barge-in.
 * @param leadMs what the transport has queued when the bot is lowered, and plays first
 */
export function ducksFor(sound: Float64Array, leadMs: number): Trial {
  const voice = new VoiceActivity();
  const ducker = new Ducker();
  const duckedAtMs: number[] = [];
  let duckedMs = 0;
  let gain = 1;
  const frame = msToSamples(FRAME_MS, MODEL_INPUT_HZ);
  for (let at = 0; at + frame <= sound.length; at += frame) {
    voice.push(Int16Array.from(sound.subarray(at, at + frame)));
    const nowMs = (1000 * (at + frame)) / MODEL_INPUT_HZ;
    const nextGain = ducker.gain(voice, nowMs);
    // The frame that goes down is low at its end.
    if (nextGain < 1 && gain === 1) duckedAtMs.push(nowMs + leadMs + FRAME_MS);
    if (nextGain < 1) duckedMs += FRAME_MS;
    gain = nextGain;
  }
  return { duckedAtMs, duckedMs };
}
