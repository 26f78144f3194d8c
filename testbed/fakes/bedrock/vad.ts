/** What voice activity found; positions count samples since the audio was opened. */
export type VoiceEvent =
  | { readonly kind: 'started'; readonly startSample: number }
  | { readonly kind: 'ended'; readonly startSample: number; readonly endSample: number };

const RATE_HZ = 16_000;
/** Loudness is judged in windows of 10 ms. */
const WINDOW_SAMPLES = 160;
/** −42 dBFS starts speech and −46 dBFS keeps it going: a quiet speaker is above, a codec's comfort noise below. */
const START_RMS = 260;
const KEEP_RMS = 164;
/** So many of the last ten windows must be loud to start: a click is no speech. */
const ONSET_WINDOWS = 5;
const ONSET_SPAN = 10;
/** ManagedStream from before the onset, so that a soft first consonant belongs to the utterance. */
const PRE_ROLL_SAMPLES = 0.2 * RATE_HZ;

/**
 * Finds where the caller speaks, by loudness alone. Time is that of the audio itself: without audio no turn ends,
 * exactly as with the service, which therefore wants silence sent.
 */
export class VoiceActivity {
  readonly #endpointSamples: number;
  #position = 0;
  #windowEnergy = 0;
  #windowFill = 0;
  #recentLoud: boolean[] = [];
  #speechStart: number | undefined;
  #lastLoudEnd = 0;

  constructor(options: { readonly endpointMs: number }) {
    this.#endpointSamples = (options.endpointMs * RATE_HZ) / 1000;
  }

  /** True between an onset and the end of its turn. */
  get speaking(): boolean {
    return this.#speechStart !== undefined;
  }

  /** Takes the next samples, in pieces of any size. */
  push(pcm: Int16Array): VoiceEvent[] {
    const events: VoiceEvent[] = [];
    for (const sample of pcm) {
      this.#windowEnergy += sample * sample;
      this.#windowFill += 1;
      if (this.#windowFill === WINDOW_SAMPLES) {
        this.#position += WINDOW_SAMPLES;
        const rms = Math.sqrt(this.#windowEnergy / WINDOW_SAMPLES);
        this.#windowEnergy = 0;
        this.#windowFill = 0;
        const event = this.#window(rms);
        if (event !== undefined) events.push(event);
      }
    }
    return events;
  }

  #window(rms: number): VoiceEvent | undefined {
    if (this.#speechStart === undefined) return this.#waitForOnset(rms > START_RMS);
    if (rms > KEEP_RMS) this.#lastLoudEnd = this.#position;
    if (this.#position - this.#lastLoudEnd < this.#endpointSamples) return undefined;
    const startSample = this.#speechStart;
    this.#speechStart = undefined;
    return { kind: 'ended', startSample, endSample: this.#lastLoudEnd };
  }

  #waitForOnset(loud: boolean): VoiceEvent | undefined {
    this.#recentLoud.push(loud);
    if (this.#recentLoud.length > ONSET_SPAN) this.#recentLoud.shift();
    if (!loud || this.#recentLoud.filter(Boolean).length < ONSET_WINDOWS) return undefined;
    const firstLoud = this.#recentLoud.indexOf(true);
    const onset = this.#position - (this.#recentLoud.length - firstLoud) * WINDOW_SAMPLES;
    this.#recentLoud = [];
    this.#speechStart = Math.max(0, onset - PRE_ROLL_SAMPLES);
    this.#lastLoudEnd = this.#position;
    return { kind: 'started', startSample: this.#speechStart };
  }
}
