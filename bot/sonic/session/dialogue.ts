import { ConversationHistory, halveHistory, planReplay, type Replay } from '../protocol/history';
import { headOfBytes } from '../protocol/utf8';
import type { Transcript } from '../speech-model';
import { SpokenQuestion } from './spoken-question';

/** Results of tools that come too late are told in words, and shortly. */
const LATE_RESULT_BYTES = 1_000;

/** Nobody speaks faster than this: with less audio a sentence was not spoken to its end. */
const MIN_MS_PER_CHARACTER = 50;

/** What a new stream is asked when the former one broke off in the middle of an answer. */
export const GO_ON =
  'You were cut off. Go on from where you stopped, as if nothing had happened, and repeat nothing of what you said. If you had finished, say only: "That was all."';

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
  /** Audio that has come of the sentence announced last. */
  #sentenceMs = 0;
  /** What the next stream is asked where the caller's own words are no question. */
  #instruction: string | undefined;

  constructor(historyBytes: number) {
    this.#history = new ConversationHistory(historyBytes);
    this.#replayBytes = historyBytes;
  }

  /** The caller said something, and no answer to it has begun. */
  get awaitsAnswer(): boolean {
    return this.#question.isAsked;
  }

  /** Nothing is being said, and nothing that was announced waits to be told as spoken. */
  get isAtRest(): boolean {
    return !this.#isTurnOpen && !this.#question.isOpen && this.#unconfirmed.length === 0;
  }

  /** As `isAtRest`, where the last words of the model's that they were spoken never came. */
  get isNearlyAtRest(): boolean {
    return !this.#isTurnOpen && !this.#question.isOpen;
  }

  /** Typed in the caller's name. */
  typed(text: string): void {
    this.#instruction = undefined;
    this.#history.add('user', text);
    this.#question.typed(text);
  }

  /** Takes in what the model says was said; false when it only repeats what was typed. */
  heard({ role, text, stage }: Transcript): boolean {
    if (role === 'user') {
      if (this.#question.isEcho(text)) return false;
      this.#question.asked();
      this.#instruction = undefined;
      this.#history.add('user', text);
    } else if (stage === 'final') {
      this.#answered(text);
      this.#unconfirmed.shift();
    } else {
      this.#unconfirmed.push(text);
      this.#sentenceMs = 0;
    }
    return true;
  }

  /** Audio of the answer has come. */
  spoke(ms: number): void {
    this.#sentenceMs += ms;
  }

  turnStarted(): void {
    this.#isTurnOpen = true;
    this.#unconfirmed = [];
    this.#instruction = undefined;
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

  /**
   * A tool answered a stream that is gone; gives the words in which the model may be told. `isAsked`: it is to speak of
   * it, because it was not asked the question again.
   */
  toolAnsweredLate(toolName: string, json: string, isAsked = true): string {
    const words = `(${toolName}: ${headOfBytes(json, LATE_RESULT_BYTES)})`;
    this.#history.add('user', words);
    if (isAsked) this.#question.typed(words);
    return words;
  }

  /**
   * The stream is gone, or left; says how a turn that was open ends. An answer of which no sentence has come whole is
   * cut off, and will be given anew; any other is heard as far as it came, and the next stream is asked for the rest.
   * An answer that was complete will be heard to its end: its sentences count as spoken though nobody can confirm them
   * any more. `isReplaced`: another stream takes over. `isToolPending`: the answer waits for a tool, whose result will
   * be told in words.
   */
  streamLost(isReplaced: boolean, isToolPending = false): 'interrupted' | 'ended' | undefined {
    const wasOpen = this.#isTurnOpen;
    this.#isTurnOpen = false;
    const isLastWhole = this.#sentenceMs >= (this.#unconfirmed.at(-1) ?? '').length * MIN_MS_PER_CHARACTER;
    const spoken = wasOpen && !isLastWhole ? this.#unconfirmed.slice(0, -1) : this.#unconfirmed;
    const isAskedAgain =
      wasOpen && isReplaced && spoken.length === 0 && this.#question.isOpen && this.#history.lastRole === 'user';
    if (!isAskedAgain) this.#answered(spoken.join(' '));
    this.#unconfirmed = [];
    if (!wasOpen) return undefined;
    if (isAskedAgain) return 'interrupted';
    this.#question.answered();
    if (isReplaced && !isToolPending && this.#history.lastRole === 'assistant') this.#instruction = GO_ON;
    return 'ended';
  }

  /** Spoken by the assistant: before a question that no answer to has begun, since it belongs to an earlier one. */
  #answered(text: string): void {
    if (this.#question.isAsked && this.#unconfirmed.length > 0) this.#history.addBeforeLast('assistant', text);
    else this.#history.add('assistant', text);
  }

  /** The next stream is to be asked this; it is no part of the history. */
  instruct(text: string): void {
    this.#instruction = text;
  }

  /** The model refused the history: the next replay is half as long. */
  trim(): void {
    this.#replayBytes = halveHistory(this.#replayBytes);
  }

  /** What a new stream is told, and asked. */
  replay(): Replay {
    const plan = planReplay(this.#history.messages, this.#replayBytes, this.#question.isOpen);
    if (this.#instruction === undefined || plan.question !== undefined) return plan;
    this.#question.typed(this.#instruction);
    return { ...plan, question: this.#instruction };
  }
}
