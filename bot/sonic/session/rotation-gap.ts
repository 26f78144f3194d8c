import type { Rotation } from '../speech-model';

type Former = Pick<Rotation, 'ageMs' | 'forced'>;

/** For how long the model hears nothing while one stream takes over from another. No I/O. */
export class RotationGap {
  #former: Former | undefined;
  #lastFrameAtMs: number | undefined;

  /** A stream has taken over, and has been sent no audio yet. */
  tookOver(former: Former): void {
    this.#former = former;
  }

  /** The stream that took over is gone. */
  dropped(): void {
    this.#former = undefined;
  }

  /** Audio was sent. @returns the rotation that this completes */
  audioSent(nowMs: number): Rotation | undefined {
    const gapMs = nowMs - (this.#lastFrameAtMs ?? nowMs);
    this.#lastFrameAtMs = nowMs;
    const former = this.#former;
    this.#former = undefined;
    return former === undefined ? undefined : { ...former, gapMs };
  }
}
