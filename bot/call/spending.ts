import { MODEL_OUTPUT_HZ } from '../audio';
import type { Usage } from '../sonic';
import { addUsage, NO_USAGE } from './token-cost';

/** Of a second of speech, either way, silence included: what `usageEvent` says (docs/costs.md). */
const SPEECH_TOKENS_PER_SECOND = 25;
/** Fewer than most texts have, so that the estimate is rather too high. */
const BYTES_PER_TEXT_TOKEN = 3;

/**
 * What a call has used: what the model has reported, and an estimate of what it has not reported yet, because a model
 * may report at the end of each turn only.
 */
export class Spending {
  #reported = NO_USAGE;
  #listensSinceMs: number | undefined;
  #spokenSamples = 0;
  #writtenBytes = 0;
  #readBytes = 0;

  /** The model listens from now on: it is sent silence where the caller is silent. */
  listens(nowMs: number): void {
    this.#listensSinceMs ??= nowMs;
  }

  /** The model has sent so much speech. */
  spoke(samples: number): void {
    this.#spokenSamples += samples;
  }

  /** The model has told this text: what it says, or heard. */
  wrote(text: string): void {
    this.#writtenBytes += Buffer.byteLength(text);
  }

  /** The model was sent this text. */
  reads(text: string): void {
    this.#readBytes += Buffer.byteLength(text);
  }

  /** The model's report, which covers all that was estimated so far. */
  reported(usage: Usage, nowMs: number): void {
    this.#reported = addUsage(this.#reported, usage);
    if (this.#listensSinceMs !== undefined) this.#listensSinceMs = nowMs;
    this.#spokenSamples = 0;
    this.#writtenBytes = 0;
    this.#readBytes = 0;
  }

  /** All of it; with `text`, as if the model had been sent that, too. */
  usage(nowMs: number, text = ''): Usage {
    return addUsage(this.#reported, this.unreported(nowMs, text));
  }

  unreported(nowMs: number, text = ''): Usage {
    const listenedS = (nowMs - (this.#listensSinceMs ?? nowMs)) / 1000;
    return {
      inputSpeechTokens: Math.ceil(listenedS * SPEECH_TOKENS_PER_SECOND),
      inputTextTokens: Math.ceil((this.#readBytes + Buffer.byteLength(text)) / BYTES_PER_TEXT_TOKEN),
      outputSpeechTokens: Math.ceil((this.#spokenSamples / MODEL_OUTPUT_HZ) * SPEECH_TOKENS_PER_SECOND),
      outputTextTokens: Math.ceil(this.#writtenBytes / BYTES_PER_TEXT_TOKEN),
    };
  }
}
