import type { Synthesiser } from '../../speech/synthesise';
import { SPEECH_HZ } from '../../speech/synthesise';

/** 32 ms, the common size of the service's pieces. */
export const PIECE_SAMPLES = 768;

/**
 * A piece of speech as base64 inside base64, as far as it is the same for every session: `encoded` is the outer base64
 * of the inner one up to a multiple of three characters, `rest` the inner characters after it.
 */
export interface EncodedPiece {
  readonly encoded: string;
  readonly rest: string;
  readonly durationMs: number;
}

export interface SpokenSentence {
  readonly text: string;
  readonly durationMs: number;
  readonly pieces: readonly EncodedPiece[];
}

/** How many sentences are kept: a minute of speech is about 4 MB. */
const MAX_SENTENCES = 128;

/** Speech by voice and text, made once and kept ready to send. */
export class SpeechCache {
  readonly #synthesiser: Synthesiser;
  readonly #kept = new Map<string, Promise<SpokenSentence>>();

  constructor(synthesiser: Synthesiser) {
    this.#synthesiser = synthesiser;
  }

  get(text: string, voiceId: string): Promise<SpokenSentence> {
    const key = `${voiceId}\n${text}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const made = this.#synthesiser.synthesise(text, voiceId).then((samples) => encodeSentence(text, samples));
    this.#kept.set(key, made);
    made.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_SENTENCES && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }
}

function encodeSentence(text: string, spoken: Int16Array): SpokenSentence {
  // What has no sound (a smiley, say) is a short silence: a sentence without audio would be no answer.
  const samples = spoken.length === 0 ? new Int16Array(SPEECH_HZ / 10) : spoken;
  const pieces: EncodedPiece[] = [];
  for (let at = 0; at < samples.length; at += PIECE_SAMPLES) {
    const piece = samples.subarray(at, at + PIECE_SAMPLES);
    const base64 = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('base64');
    const whole = base64.length - (base64.length % 3);
    pieces.push({
      encoded: Buffer.from(base64.slice(0, whole), 'latin1').toString('base64'),
      rest: base64.slice(whole),
      durationMs: (piece.length * 1000) / SPEECH_HZ,
    });
  }
  return { text, durationMs: (samples.length * 1000) / SPEECH_HZ, pieces };
}
