import type { Rotation } from '../speech-model';

type Former = Pick<Rotation, 'ageMs' | 'forced'>;

/** For how long the model hears nothing between one stream and the next. No I/O. */
export class StreamGaps {
  #former: Former | undefined;
  #lastFrameAtMs: number | undefined;
  #lostAtMs: number | undefined;

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

  /** The stream broke, or one did that should have replaced a broken one. */
  lost(nowMs: number): void {
    this.#lostAtMs ??= nowMs;
  }

  /** A stream is up. @returns for how long there was none, if one was lost */
  cameUp(nowMs: number): number | undefined {
    const gapMs = this.#lostAtMs === undefined ? undefined : nowMs - this.#lostAtMs;
    this.#lostAtMs = undefined;
    return gapMs;
  }
}
