import {
  ConversationHistory,
  FIRST_REPLAY_BYTES,
  halveHistory,
  MIN_HISTORY_BYTES,
  planReplay,
  type Replay,
} from '../protocol/history';
import { headOfBytes } from '../protocol/utf8';
import type { Transcript } from '../speech-model';
import { AnnouncedSpeech } from './announced-speech';
import { SpokenQuestion } from './spoken-question';

/** Late results of tools are passed on as text, cut to this length. */
const LATE_RESULT_BYTES = 1_000;

/** What a new stream is asked when the former one broke off in the middle of an answer. */
export const GO_ON =
  'You were cut off. Go on from where you stopped, as if nothing had happened, and repeat nothing of what you said. If you had finished, say only: "That was all."';

/** What has been said in a call, whose turn it is, and hence what a new stream must be told when one breaks. No I/O. */
export class Dialogue {
  readonly #history: ConversationHistory;
  readonly #question = new SpokenQuestion();
  readonly #announced = new AnnouncedSpeech();
  readonly #maxReplayBytes: number;
  /** How long a replay may be: it grows with each one that the service took, and never again beyond one it refused. */
  #replayBytes: number;
  #refusedBytes = Infinity;
  /** The model was told what had been said, and has not spoken since. */
  #isReplayUnproven = false;
  #isTurnOpen = false;
  /** What the next stream is asked when the caller's own words are not to be asked. */
  #instruction: string | undefined;
  /** The caller's utterances since an answer last began. */
  #unanswered = 0;

  constructor(historyBytes: number) {
    this.#history = new ConversationHistory(historyBytes);
    this.#maxReplayBytes = historyBytes;
    this.#replayBytes = Math.min(historyBytes, FIRST_REPLAY_BYTES);
  }

  /** The caller said something, and no answer to it has begun. */
  get awaitsAnswer(): boolean {
    return this.#question.isAsked;
  }

  get isTurnOpen(): boolean {
    return this.#isTurnOpen;
  }

  /** Nothing is being said, and nothing that was announced waits to be told as spoken. */
  get isAtRest(): boolean {
    return !this.#isTurnOpen && !this.#question.isOpen && this.#announced.isEmpty;
  }

  /** As `isAtRest`, except that the model's last sentences need not be confirmed as spoken. */
  get isNearlyAtRest(): boolean {
    return !this.#isTurnOpen && !this.#question.isOpen;
  }

  /** Typed in the caller's name. */
  typed(text: string): void {
    this.#instruction = undefined;
    this.#said(text);
    this.#question.typed(text);
  }

  /** Told in the caller's name and not asked: it goes before the last answer, since a history must not end with it. */
  contextAdded(text: string): void {
    this.#history.add('user', text, Infinity);
  }

  /** Takes in what the model says was said; false when it only repeats what was typed, or what was counted before. */
  heard({ role, text, stage }: Transcript): boolean {
    if (role === 'user') {
      if (this.#question.isEcho(text)) return false;
      this.#instruction = undefined;
      this.#said(text);
      this.#question.asked();
    } else if (stage === 'final') {
      const isLate = !this.#announced.isEmpty;
      const spoken = this.#announced.confirm(text);
      this.#answered(spoken.join(' '), isLate);
      return spoken.length > 0;
    } else {
      this.#announced.announce(text);
    }
    return true;
  }

  spoke(ms: number): void {
    this.#announced.spoke(ms);
  }

  /** An answer begins; of all audio that came before, the caller has not heard `unheardMs`. */
  turnStarted(unheardMs = 0): void {
    this.#isTurnOpen = true;
    if (this.#isReplayUnproven) this.#replayProven();
    this.#answered(this.#announced.takeHeard(unheardMs).join(' '));
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

  /** A barge-in: of what was announced, that counts which the caller has heard; the last `unheardMs` of it are dropped. */
  interrupted(unheardMs: number): void {
    this.#isTurnOpen = false;
    this.#answered(this.#announced.takeHeard(unheardMs).join(' '));
    this.#question.answered();
  }

  /**
   * A tool answered a stream that is gone; gives the words in which the model may be told: an order, because bare data was
   * seen to open no turn. `isAsked`: it is to speak of it, because it was not asked the question again.
   */
  toolAnsweredLate(json: string, isAsked = true): string {
    const words = `Tell the caller what was found: ${headOfBytes(json, LATE_RESULT_BYTES)}`;
    this.#said(words);
    if (isAsked) this.#question.typed(words);
    return words;
  }

  /**
   * The stream is gone, or left; says how a turn that was open ends. An answer of which no sentence has come whole is
   * cut off, and will be given anew; any other is heard as far as it came, and the next stream is asked for the rest.
   * An answer that was complete will be heard to its end: its sentences count as spoken though nobody can confirm them
   * any more. `isReplaced`: another stream replaces it. `isToolPending`: the answer waits for a tool, whose result will
   * be told in words.
   */
  streamLost(isReplaced: boolean, isToolPending = false): 'interrupted' | 'ended' | undefined {
    const wasOpen = this.#isTurnOpen;
    this.#isTurnOpen = false;
    const spoken = this.#announced.takeWhole(!wasOpen);
    const isAskedAgain =
      wasOpen && isReplaced && spoken.length === 0 && this.#question.isOpen && this.#history.lastRole === 'user';
    if (!isAskedAgain) this.#answered(spoken.join(' '));
    if (!wasOpen) return undefined;
    if (isAskedAgain) return 'interrupted';
    this.#question.answered();
    if (isReplaced && !isToolPending && this.#history.lastRole === 'assistant') this.#instruction = GO_ON;
    return 'ended';
  }

  /** In the caller's name. To be noted before the question is. */
  #said(text: string): void {
    this.#unanswered = this.#question.isAsked ? this.#unanswered + 1 : 1;
    this.#history.add('user', text);
  }

  /** Spoken by the assistant: `isLate`, before a question that no answer to has begun, since it belongs to an earlier one. */
  #answered(text: string, isLate = true): void {
    this.#history.add('assistant', text, isLate && this.#question.isAsked ? this.#unanswered : 0);
  }

  /** The next stream is to be asked this; it is no part of the history. */
  instruct(text: string): void {
    this.#instruction = text;
  }

  /** The model may have refused the history: the next replay is half as long. */
  trim(): void {
    this.#refusedBytes = Math.min(this.#refusedBytes, this.#replayBytes);
    this.#replayBytes = halveHistory(this.#replayBytes);
  }

  /** The model refused more than the history can be at fault for: the next stream is told none of it. */
  forget(): void {
    this.#replayBytes = 0;
  }

  /** The model took the history, and spoke: the next replay may be twice as long. */
  #replayProven(): void {
    this.#isReplayUnproven = false;
    const doubled = Math.max(this.#replayBytes * 2, MIN_HISTORY_BYTES);
    if (doubled < this.#refusedBytes) this.#replayBytes = Math.min(doubled, this.#maxReplayBytes);
  }

  /** What a new stream is told, and asked. */
  replay(): Replay {
    const plan = planReplay(this.#history.messages, this.#replayBytes, this.#question.isOpen);
    this.#isReplayUnproven = plan.messages.length > 0;
    if (this.#instruction === undefined || plan.question !== undefined) return plan;
    this.#question.typed(this.#instruction);
    return { ...plan, question: this.#instruction };
  }
}
