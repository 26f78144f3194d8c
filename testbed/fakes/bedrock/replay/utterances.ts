/** The caller began, or has ended, an utterance. */
export type SpeechEdge = 'speech-start' | 'speech-end';

/** As loud as that in three of five steps of 20 ms begins an utterance; 300 ms below the other ends it. */
const START_DB = -42;
const KEEP_DB = -46;
const SPAN_STEPS = 5;
const ONSET_STEPS = 3;
const END_STEPS = 15;

/** Finds utterances in loudness alone, in a recording's envelope and in real audio alike. */
export class Utterances {
  #recent: boolean[] = [];
  #quietSteps = 0;
  #isSpeaking = false;

  /** Takes the dBFS of the next 20 ms. */
  push(db: number): SpeechEdge | undefined {
    if (!this.#isSpeaking) {
      this.#recent = [...this.#recent, db > START_DB].slice(-SPAN_STEPS);
      if (this.#recent.filter(Boolean).length < ONSET_STEPS) return undefined;
      this.#recent = [];
      this.#quietSteps = 0;
      this.#isSpeaking = true;
      return 'speech-start';
    }
    this.#quietSteps = db > KEEP_DB ? 0 : this.#quietSteps + 1;
    if (this.#quietSteps < END_STEPS) return undefined;
    this.#isSpeaking = false;
    return 'speech-end';
  }
}

const STEP_SAMPLES = 320;

/** Loudness of 16 kHz audio in steps of 20 ms, whatever the pieces it comes in. */
export class LoudnessSteps {
  #energy = 0;
  #fill = 0;

  push(pcm: Int16Array): number[] {
    const levels: number[] = [];
    for (const sample of pcm) {
      this.#energy += sample * sample;
      this.#fill += 1;
      if (this.#fill < STEP_SAMPLES) continue;
      levels.push(10 * Math.log10(this.#energy / STEP_SAMPLES / 32_768 ** 2 + 1e-12));
      this.#energy = 0;
      this.#fill = 0;
    }
    return levels;
  }
}
