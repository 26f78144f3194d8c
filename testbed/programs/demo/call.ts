import type { Span } from '../../../ops/call-page';
import type { Recording } from '../../../smoke/caller';
import type { Figure } from './measure';
import type { Line } from './scene';

/** A call as its caller lived through it. Times are ms since 1970, those of lines since it began. */
export interface DemoCall {
  readonly way: 'WebRTC' | 'Daily' | 'telephone';
  readonly beganMs: number;
  /** What the caller said: mono PCM16, each with the time of its first sample. */
  readonly said: readonly Recording[];
  readonly heard: Recording;
  /** At 16 kHz; undefined where the model is not ours to ask. */
  readonly modelHeard: Int16Array | undefined;
  readonly lines: readonly Line[];
  /** Stretches that were measured. */
  readonly spans: readonly Span[];
  readonly figures: readonly Figure[];
  hangUp(): Promise<void>;
}
