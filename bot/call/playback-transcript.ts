import { MODEL_OUTPUT_HZ, samplesToMs } from '../audio';
import type { OutputSegment } from '../rtvi';
import type { UnheardSentence } from '../sonic';
import type { Clock } from '../time';
import type { Playout } from './playout';

interface Segment {
  readonly id: number;
  readonly text: string;
  audioMs: number;
  startedAtHeardMs: number | undefined;
  /** When it was first heard, or else its turn came. */
  startedMs: number;
  /** No more audio of it comes; `whole`: all of it came. */
  state: 'growing' | 'whole' | 'broken-off';
}

/** No voice is faster than this: with less audio a sentence was not spoken to its end. */
const MIN_MS_PER_CHARACTER = 50;
/** A sentence cut off this shortly before its end was understood. */
const AS_GOOD_AS_HEARD_MS = 250;

/** What was heard of a sentence; times on the call's clock. */
export interface HeardPiece {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** What follows was never heard. */
  readonly isCut: boolean;
  /** False: it is said anew. */
  readonly counts: boolean;
}

interface PlaybackTranscriptOptions {
  readonly playout: Playout;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** For the client: how far each sentence has come. */
  readonly report: (segment: OutputSegment) => void;
  /** A sentence was heard, or as much of one. */
  readonly heard: (piece: HeardPiece) => void;
}

/**
 * Lines up what the bot says with what the caller has heard of it. The model sends a sentence's text, then its audio,
 * seconds ahead of the ear; the client is told a sentence is spoken when it is, and after a barge-in how far it came.
 */
export class PlaybackTranscript {
  readonly #playout: Playout;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #report: (segment: OutputSegment) => void;
  readonly #heard: (piece: HeardPiece) => void;
  /** Sentences whose audio is not heard to the end yet; the last may still be growing. */
  #segments: Segment[] = [];
  #nextId = 0;

  constructor({ playout, clock, report, heard }: PlaybackTranscriptOptions) {
    this.#playout = playout;
    this.#clock = clock;
    this.#report = report;
    this.#heard = heard;
  }

  /** Sentences that the caller hears or is about to hear, in order. */
  get unheard(): readonly UnheardSentence[] {
    return this.#segments.map((segment) => ({
      text: segment.text,
      isWhole: segment.audioMs > 0 && segment.audioMs >= wholeMs(segment),
    }));
  }

  /** A sentence is about to be spoken: audio that follows is its. */
  begin(text: string): void {
    this.#finishGrowing('whole');
    const segment: Segment = {
      id: this.#nextId++,
      text,
      audioMs: 0,
      startedAtHeardMs: undefined,
      startedMs: this.#clock.nowMs(),
      state: 'growing',
    };
    this.#segments.push(segment);
    this.#report({ segmentId: segment.id, text, status: 'new' });
    // Heard once all audio before it was.
    this.#playout.whenHeard(() => {
      segment.startedAtHeardMs = this.#playout.heardMs;
      segment.startedMs = this.#clock.nowMs();
      this.#report({ segmentId: segment.id, text, status: 'in-progress', spokenText: '' });
    });
  }

  audio(pcm24k: Int16Array): void {
    const growing = this.#segments.at(-1);
    if (growing?.state !== 'growing') return;
    // A sentence is announced before its audio comes, and nothing is heard of it until then.
    if (growing.audioMs === 0) growing.startedMs = this.#clock.nowMs();
    growing.audioMs += samplesToMs(pcm24k.length, MODEL_OUTPUT_HZ);
  }

  /** The answer has ended; `isBroken`: in the middle of its last sentence, perhaps. */
  end(isBroken: boolean): void {
    this.#finishGrowing(isBroken ? 'broken-off' : 'whole');
  }

  /**
   * What is not heard yet will not be; call it before the playout is flushed. `counts`: as much as was heard of the
   * sentence in the caller's ear has been said.
   */
  cutOff(counts: boolean): void {
    const heardMs = this.#playout.heardMs;
    for (const segment of this.#segments.splice(0)) {
      const { id, text, audioMs, startedAtHeardMs } = segment;
      if (startedAtHeardMs === undefined || audioMs === 0) continue;
      const words = wordsHeard(segment, heardMs - startedAtHeardMs);
      this.#report({ segmentId: id, text, status: 'in-progress', spokenText: words });
      this.#tell(segment, words, counts);
    }
  }

  #finishGrowing(state: 'whole' | 'broken-off'): void {
    const segment = this.#segments.at(-1);
    if (segment?.state !== 'growing') return;
    segment.state = state;
    this.#playout.whenHeard(() => {
      this.#segments = this.#segments.filter((other) => other !== segment);
      this.#report({ segmentId: segment.id, text: segment.text, status: 'completed' });
      const words = wordsHeard(segment, segment.audioMs);
      if (segment.audioMs > 0) this.#tell(segment, words, true);
    });
  }

  #tell({ text, startedMs }: Segment, words: string, counts: boolean): void {
    if (words === '') return;
    this.#heard({ text: words, startMs: startedMs, endMs: this.#clock.nowMs(), isCut: words !== text, counts });
  }
}

/** How long a sentence is. Of one whose end has not come, that is known only from its text. */
function wholeMs({ text, audioMs, state }: Segment): number {
  return state === 'whole' ? audioMs : Math.max(audioMs, text.length * MIN_MS_PER_CHARACTER);
}

function wordsHeard(segment: Segment, heardMs: number): string {
  const { text } = segment;
  const lastsMs = wholeMs(segment);
  return heardMs >= lastsMs - Math.min(AS_GOOD_AS_HEARD_MS, lastsMs / 2) ? text : wordsUpTo(text, heardMs / lastsMs);
}

/** The whole words in the first `share` (0–1) of `text`, supposing that all characters take as long. */
function wordsUpTo(text: string, share: number): string {
  const end = Math.floor(text.length * share);
  if (end >= text.length) return text;
  const lastSpace = text.lastIndexOf(' ', end);
  return lastSpace <= 0 ? '' : text.slice(0, lastSpace);
}
