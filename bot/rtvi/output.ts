import type { RtviMessage } from './messages';
import { rtviEvent } from './messages';

/** The two forms in which clients expect `bot-output`. */
export type ProtocolMajor = 1 | 2;

/** A piece of what the bot says, usually a sentence, and how much of it has been spoken. */
export interface OutputSegment {
  /** Unique within the call; the same for each report about one segment. */
  readonly segmentId: number;
  readonly text: string;
  readonly status: 'new' | 'in-progress' | 'completed';
  /** With `in-progress`: the part of `text` already spoken, from its start. */
  readonly spokenText?: string;
  /** False for text that is only shown and not spoken. Default true. */
  readonly willBeSpoken?: boolean;
}

/** How many segments may wait for speech to begin; more than any one answer holds. */
const MAX_WAITING = 200;

/**
 * The order of `bot-output`: a segment is announced once (`new`), may progress, is completed once; and nothing is
 * announced as spoken before the client has been told that the bot began to speak. Pure: returns what to send.
 */
export class OutputOrder {
  #speaking = false;
  #waiting: OutputSegment[] = [];
  /** Announced and not completed. */
  readonly #open = new Set<number>();
  /** Completed, or cut off: late reports about these are dropped. A few hundred numbers for a long call. */
  readonly #done = new Set<number>();

  report(segment: OutputSegment, protocolMajor: ProtocolMajor): RtviMessage[] {
    if (this.#done.has(segment.segmentId)) return [];
    const announced = this.#open.has(segment.segmentId);
    if (segment.willBeSpoken === false || this.#speaking || announced) return this.#emit(segment, protocolMajor);
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(segment);
    return [];
  }

  /** The client has just been told `bot-started-speaking`. */
  started(protocolMajor: ProtocolMajor): RtviMessage[] {
    this.#speaking = true;
    return this.#waiting.splice(0).flatMap((segment) => this.#emit(segment, protocolMajor));
  }

  stopped(): void {
    this.#speaking = false;
  }

  /** What was announced and not completed was never heard to its end: nothing more is said about it. */
  interrupted(): void {
    for (const segment of this.#waiting) this.#done.add(segment.segmentId);
    for (const segmentId of this.#open) this.#done.add(segmentId);
    this.#waiting = [];
    this.#open.clear();
  }

  #emit(segment: OutputSegment, protocolMajor: ProtocolMajor): RtviMessage[] {
    const messages: RtviMessage[] = [];
    if (!this.#open.has(segment.segmentId)) {
      if (segment.status !== 'new') messages.push(this.#message({ ...segment, status: 'new' }, protocolMajor));
      this.#open.add(segment.segmentId);
    } else if (segment.status === 'new') {
      return [];
    }
    if (segment.status === 'completed') {
      this.#open.delete(segment.segmentId);
      this.#done.add(segment.segmentId);
    }
    if (protocolMajor === 1 && segment.status === 'in-progress') return messages;
    messages.push(this.#message(segment, protocolMajor));
    return messages;
  }

  #message(segment: OutputSegment, protocolMajor: ProtocolMajor): RtviMessage {
    const { text, status } = segment;
    const willBeSpoken = segment.willBeSpoken ?? true;
    const common = { text, aggregated_by: 'sentence' };
    if (protocolMajor === 1) {
      return rtviEvent('bot-output', { ...common, spoken: status === 'completed' && willBeSpoken });
    }
    const spokenText = status === 'new' ? '' : status === 'completed' ? text : spokenPart(segment);
    return rtviEvent('bot-output', {
      ...common,
      segment_id: segment.segmentId,
      will_be_spoken: willBeSpoken,
      spoken_status: status,
      spoken_progress: { accumulated_text: spokenText, remaining_text: text.slice(spokenText.length) },
    });
  }
}

/** The spoken part, if it really is the beginning of the text. */
function spokenPart(segment: OutputSegment): string {
  const spoken = segment.spokenText ?? '';
  return segment.text.startsWith(spoken) ? spoken : '';
}
