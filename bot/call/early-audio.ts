import type { SpeechSession } from '../sonic';
import { MODEL_INPUT_HZ, msToSamples, type VoiceState } from '../audio';

/** Who speaks first has begun a second before the model listens at most; what is older was said to nobody. */
const KEPT_SAMPLES = msToSamples(1_000, MODEL_INPUT_HZ);

interface Piece {
  readonly pcm16k: Int16Array;
  readonly voice: VoiceState;
}

/** The last second of what the caller said while the model was being opened. */
export class EarlyAudio {
  readonly #pieces: Piece[] = [];
  #samples = 0;

  /** Keeps a piece, as the session will be sent it. */
  sendAudio(pcm16k: Int16Array, voice: VoiceState): void {
    this.#pieces.push({ pcm16k, voice });
    this.#samples += pcm16k.length;
    while (this.#samples > KEPT_SAMPLES) this.#samples -= this.#pieces.shift()?.pcm16k.length ?? this.#samples;
  }

  /** Everything that is kept, in order; nothing is kept any more. */
  passTo(session: Pick<SpeechSession, 'sendAudio'>): void {
    for (const { pcm16k, voice } of this.#pieces.splice(0)) session.sendAudio(pcm16k, voice);
    this.#samples = 0;
  }
}
