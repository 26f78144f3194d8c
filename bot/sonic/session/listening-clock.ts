import { MODEL_OUTPUT_HZ, samplesToMs } from '../../audio';

/**
 * Until when the caller listens: the model sends faster than real time, and a conversation is not told what has been
 * played. Assumes that audio is played from the moment it comes, one piece after the other.
 */
export class ListeningClock {
  #untilMs = -Infinity;

  /** 24 kHz audio came from the model. */
  onAudio(samples: number, nowMs: number): void {
    this.#untilMs = Math.max(this.#untilMs, nowMs) + samplesToMs(samples, MODEL_OUTPUT_HZ);
  }

  /** What was not heard yet has been dropped. */
  onInterrupted(): void {
    this.#untilMs = -Infinity;
  }

  /** How much of what came the caller has not heard yet. */
  unheardMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** How long ago the caller heard the last of it; 0 while there is more, Infinity before there was anything. */
  quietForMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#untilMs);
  }

  /** Whether the caller hears the bot, or has within the last `afterMs`. */
  isHeard(nowMs: number, afterMs = 0): boolean {
    return nowMs < this.#untilMs + afterMs;
  }
}
