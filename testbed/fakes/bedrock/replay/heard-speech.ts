/** What is louder is speech. */
const SPEECH_DB = -46;

/**
 * How much speech was heard, and when: in a recording's envelope and in real audio alike. It counts what was spoken and
 * not how often somebody began: near a threshold that is another number each time the same words are heard.
 */
export class HeardSpeech {
  /** Each piece of speech: when it was over, and how much there had been then. */
  readonly #pieces: { readonly totalMs: number; readonly atMs: number }[] = [];

  get totalMs(): number {
    return this.#pieces.at(-1)?.totalMs ?? 0;
  }

  /** Takes so many ms of sound, which ended at `atMs`. @returns whether they were speech */
  push(db: number, ms: number, atMs: number): boolean {
    if (db <= SPEECH_DB) return false;
    this.#pieces.push({ totalMs: this.totalMs + ms, atMs });
    return true;
  }

  /** When the last speech was heard before there had been more than `totalMs` of it. */
  lastAt(totalMs: number): number | undefined {
    return this.#pieces.findLast((piece) => piece.totalMs <= totalMs)?.atMs;
  }
}

/** The loudness of some sound. */
interface Step {
  readonly db: number;
  readonly ms: number;
}

const RATE_HZ = 16_000;
const STEP_SAMPLES = 320;
const STEP_MS = (STEP_SAMPLES / RATE_HZ) * 1_000;

/** Loudness of 16 kHz audio in steps of 20 ms, whatever the pieces it comes in. */
export class LoudnessSteps {
  #energy = 0;
  #fill = 0;

  push(pcm: Int16Array): Step[] {
    const steps: Step[] = [];
    for (const sample of pcm) {
      this.#energy += sample * sample;
      this.#fill += 1;
      if (this.#fill < STEP_SAMPLES) continue;
      steps.push({ db: 10 * Math.log10(this.#energy / STEP_SAMPLES / 32_768 ** 2 + 1e-12), ms: STEP_MS });
      this.#energy = 0;
      this.#fill = 0;
    }
    return steps;
  }
}

/** The same of a recording's envelope, the last step of which may be a short one. */
export function envelopeSteps(samples: number, envelope: readonly number[]): readonly Step[] {
  return envelope.map((db, index) => ({
    db,
    ms: (Math.max(0, Math.min(STEP_SAMPLES, samples - index * STEP_SAMPLES)) / RATE_HZ) * 1_000,
  }));
}
