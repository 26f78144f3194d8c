import { MODEL_OUTPUT_HZ, samplesToMs } from '../audio';
import type { OutputSegment } from '../rtvi';
import type { Playout } from './playout';

interface Segment {
  readonly id: number;
  readonly text: string;
  audioMs: number;
  startedAtHeardMs: number | undefined;
  /** All of its audio was pushed. */
  complete: boolean;
}

/**
 * Lines up what the bot says with what the caller has heard of it. The model sends a sentence's text, then its audio,
 * seconds ahead of the ear; the client is told a sentence is spoken when it is, and after a barge-in how far it came.
 */
export class PlaybackTranscript {
  readonly #playout: Playout;
  readonly #report: (segment: OutputSegment) => void;
  /** Sentences whose audio is not heard to the end yet; the last may still be growing. */
  #segments: Segment[] = [];
  #nextId = 0;

  constructor(options: { playout: Playout; report: (segment: OutputSegment) => void }) {
    this.#playout = options.playout;
    this.#report = options.report;
  }

  /** A sentence is about to be spoken: audio that follows is its. */
  begin(text: string): void {
    this.#finishGrowing();
    const segment: Segment = { id: this.#nextId++, text, audioMs: 0, startedAtHeardMs: undefined, complete: false };
    this.#segments.push(segment);
    this.#report({ segmentId: segment.id, text, status: 'new' });
    // Heard once all audio before it was.
    this.#playout.whenHeard(() => {
      segment.startedAtHeardMs = this.#playout.heardMs;
      this.#report({ segmentId: segment.id, text, status: 'in-progress', spokenText: '' });
    });
  }

  audio(pcm24k: Int16Array): void {
    const growing = this.#segments.at(-1);
    if (growing !== undefined && !growing.complete) growing.audioMs += samplesToMs(pcm24k.length, MODEL_OUTPUT_HZ);
  }

  end(): void {
    this.#finishGrowing();
  }

  /** Barge-in; call it before the playout is flushed. Reports how far the sentence in the caller's ear came. */
  interrupted(): void {
    const heardMs = this.#playout.heardMs;
    for (const { id, text, audioMs, startedAtHeardMs } of this.#segments) {
      if (startedAtHeardMs === undefined || audioMs === 0) continue;
      const share = Math.min(1, (heardMs - startedAtHeardMs) / audioMs);
      this.#report({ segmentId: id, text, status: 'in-progress', spokenText: wordsUpTo(text, share) });
    }
    this.#segments = [];
  }

  #finishGrowing(): void {
    const segment = this.#segments.at(-1);
    if (segment === undefined || segment.complete) return;
    segment.complete = true;
    this.#playout.whenHeard(() => {
      this.#segments = this.#segments.filter((other) => other !== segment);
      this.#report({ segmentId: segment.id, text: segment.text, status: 'completed' });
    });
  }
}

/** The whole words in the first `share` (0–1) of `text`, supposing that all characters take as long. */
function wordsUpTo(text: string, share: number): string {
  const end = Math.floor(text.length * share);
  if (end >= text.length) return text;
  const lastSpace = text.lastIndexOf(' ', end);
  return lastSpace <= 0 ? '' : text.slice(0, lastSpace);
}
