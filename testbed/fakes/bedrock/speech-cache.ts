import { resample, SPEECH_HZ, type Synthesiser } from '../../speech';

/** What speech is sent as: its rate, and the lengths of its pieces, over and over. */
export interface SpeechFormat {
  readonly rateHz: number;
  readonly piecesMs: readonly number[];
}

const USUAL_FORMAT: SpeechFormat = { rateHz: SPEECH_HZ, piecesMs: [32] };

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

  get(text: string, voiceId: string, format: SpeechFormat = USUAL_FORMAT): Promise<SpokenSentence> {
    const key = `${voiceId} ${format.rateHz} ${format.piecesMs.join()}\n${text}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const made = this.#synthesiser.synthesise(text, voiceId).then((samples) => encodeSentence(text, samples, format));
    this.#kept.set(key, made);
    made.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_SENTENCES && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }
}

function encodeSentence(text: string, spoken: Int16Array, { rateHz, piecesMs }: SpeechFormat): SpokenSentence {
  // What has no sound (a smiley, say) is a short silence: a sentence without audio would be no answer.
  const samples = spoken.length === 0 ? new Int16Array(rateHz / 10) : resample(spoken, SPEECH_HZ, rateHz);
  const pieces: EncodedPiece[] = [];
  for (let at = 0; at < samples.length;) {
    const pieceMs = piecesMs[pieces.length % piecesMs.length] ?? 32;
    const piece = samples.subarray(at, at + (pieceMs * rateHz) / 1000);
    at += piece.length;
    const base64 = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('base64');
    const whole = base64.length - (base64.length % 3);
    pieces.push({
      encoded: Buffer.from(base64.slice(0, whole), 'latin1').toString('base64'),
      rest: base64.slice(whole),
      durationMs: (piece.length * 1000) / rateHz,
    });
  }
  return { text, durationMs: (samples.length * 1000) / rateHz, pieces };
}
