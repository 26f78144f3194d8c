import { ConversationHistory, halveHistory, planReplay, type Replay } from '../protocol/history';
import { headOfBytes } from '../protocol/utf8';
import type { Transcript } from '../speech-model';
import { SpokenQuestion } from './spoken-question';

/** Results of tools that come too late are told in words, and shortly. */
const LATE_RESULT_BYTES = 1_000;

/**
 * What has been said in a call, whose turn it is, and hence what a new stream must be told when one breaks. No I/O.
 */
export class Dialogue {
  readonly #history: ConversationHistory;
  readonly #question = new SpokenQuestion();
  #replayBytes: number;
  #isTurnOpen = false;
  /** Sentences of the last answer that were announced and are not yet told to have been spoken. */
  #unconfirmed: string[] = [];

  constructor(historyBytes: number) {
    this.#history = new ConversationHistory(historyBytes);
    this.#replayBytes = historyBytes;
  }

  /** Typed in the caller's name. */
  typed(text: string): void {
    this.#history.add('user', text);
    this.#question.typed(text);
  }

  /** Takes in what the model says was said; false when it only repeats what was typed. */
  heard({ role, text, stage }: Transcript): boolean {
    if (role === 'user') {
      if (this.#question.isEcho(text)) return false;
      this.#question.asked();
      this.#history.add('user', text);
    } else if (stage === 'final') {
      this.#unconfirmed.shift();
      this.#history.add('assistant', text);
    } else {
      this.#unconfirmed.push(text);
    }
    return true;
  }

  turnStarted(): void {
    this.#isTurnOpen = true;
    this.#unconfirmed = [];
    this.#question.answering();
  }

  /** Returns whether a turn was open. */
  turnEnded(): boolean {
    const wasOpen = this.#isTurnOpen;
    this.#isTurnOpen = false;
    this.#question.answered();
    return wasOpen;
  }

  /** After a barge-in fewer sentences are spoken than were announced. */
  interrupted(): void {
    this.#isTurnOpen = false;
    this.#unconfirmed = [];
    this.#question.answered();
  }

  /** A tool answered a stream that is gone. */
  toolAnsweredLate(toolName: string, json: string): void {
    this.#history.add('user', `(${toolName}: ${headOfBytes(json, LATE_RESULT_BYTES)})`);
  }

  /**
   * The stream broke; says how a turn that was open ends. An answer that will be given anew is cut off; one that will
   * not be is heard as far as it came. An answer that was complete will be heard to its end: its sentences count as
   * spoken though nobody can confirm them any more. `isReplaced`: another stream will be opened.
   */
  streamLost(isReplaced: boolean): 'interrupted' | 'ended' | undefined {
    const wasOpen = this.#isTurnOpen;
    this.#isTurnOpen = false;
    if (!wasOpen) this.#history.add('assistant', this.#unconfirmed.join(' '));
    this.#unconfirmed = [];
    if (!wasOpen) return undefined;
    return isReplaced && this.#question.isOpen && this.#history.lastRole === 'user' ? 'interrupted' : 'ended';
  }

  /** The model refused the history: the next replay is half as long. */
  trim(): void {
    this.#replayBytes = halveHistory(this.#replayBytes);
  }

  /** What a new stream is told, and asked. */
  replay(): Replay {
    return planReplay(this.#history.messages, this.#replayBytes, this.#question.isOpen);
  }
}
