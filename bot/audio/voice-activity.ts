import { MODEL_INPUT_HZ, rms, samplesToMs } from './pcm';

/** Speech is at least this much louder than the room (about 9 dB). */
const OVER_NOISE = 2.8;
/** Quieter than this (−54 dBFS) is never speech. */
const FLOOR_RMS = 0.002;
/** How fast the room's noise is learnt, a frame: quickly from silence, slowly from what may be speech or a loud street. */
const LEARN_SILENT = 0.05;
const LEARN_VOICED = 0.001;
/** Voice shorter than this is a click or a cough. */
const ATTACK_MS = 60;
/** A pause shorter than this is inside a sentence. */
const RELEASE_MS = 550;

/** Comfort noise, of a network or a codec, is quieter than this (−34 dBFS) and, unlike a voice, steady for so long. */
const COMFORT_NOISE_RMS = 0.02;
const STEADY_WITHIN = 1.3;
const STEADY_MS = 300;

type VoiceChange = 'started' | 'stopped';

/** Whether the caller speaks. `pausing`: nothing is heard right now, but not for long enough to count as silence. */
export type VoiceState = 'speaking' | 'pausing' | 'silent';

/**
 * Tells from loudness when the caller speaks, for what the caller's screen shows, for idle limits and latency figures.
 * The model's own endpointing decides turns; nothing here interrupts it. Time is counted in samples, so it needs no clock.
 */
export class VoiceActivity {
  #speaking = false;
  #noiseRms = 0.005;
  #voicedMs = 0;
  #silentMs = 0;
  /** A level, and for how long it has hardly changed. */
  #steadyRms = 0;
  #steadyMs = 0;

  get state(): VoiceState {
    if (!this.#speaking) return 'silent';
    return this.#silentMs > 0 ? 'pausing' : 'speaking';
  }

  /** Whoever spoke is silent from now on, though no silence was heard; what the room sounds like is remembered. */
  breakOff(): void {
    this.#speaking = false;
    this.#voicedMs = 0;
    this.#silentMs = 0;
  }

  /** How much voice there has been since the caller began to speak, pauses left out; 0 while nobody does. */
  get voicedMs(): number {
    return this.#speaking ? this.#voicedMs : 0;
  }

  /** Takes a frame of 16 kHz audio (10–60 ms) and tells whether speech began or ended with it. */
  push(pcm16k: Int16Array): VoiceChange | undefined {
    const level = rms(pcm16k);
    const frameMs = samplesToMs(pcm16k.length, MODEL_INPUT_HZ);
    const isNoise = this.#isComfortNoise(level, frameMs);
    if (isNoise) this.#noiseRms = level;
    const voiced = !isNoise && level > FLOOR_RMS && level > this.#noiseRms * OVER_NOISE;
    this.#noiseRms += (level - this.#noiseRms) * (voiced ? LEARN_VOICED : LEARN_SILENT);
    if (voiced) {
      this.#voicedMs += frameMs;
      this.#silentMs = 0;
      if (!this.#speaking && this.#voicedMs >= ATTACK_MS) {
        this.#speaking = true;
        return 'started';
      }
      return undefined;
    }
    this.#silentMs = isNoise ? Math.max(this.#silentMs + frameMs, this.#steadyMs) : this.#silentMs + frameMs;
    // One quiet frame between two voiced ones is a consonant, not an end.
    if (!this.#speaking && this.#silentMs >= ATTACK_MS) this.#voicedMs = 0;
    if (this.#speaking && this.#silentMs >= RELEASE_MS) {
      this.#speaking = false;
      this.#voicedMs = 0;
      return 'stopped';
    }
    return undefined;
  }

  #isComfortNoise(level: number, frameMs: number): boolean {
    const isSteady = level <= this.#steadyRms * STEADY_WITHIN && level * STEADY_WITHIN >= this.#steadyRms;
    if (!isSteady || level > COMFORT_NOISE_RMS) {
      this.#steadyRms = level;
      this.#steadyMs = 0;
    }
    this.#steadyMs += frameMs;
    return this.#steadyMs >= STEADY_MS;
  }
}
