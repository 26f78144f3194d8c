import { bytesOf, ConversationHistory, planReplay, type Replay } from '../protocol/history';
import { headOfBytes } from '../protocol/utf8';
import type { Transcript, UnheardSentence } from '../speech-model';
import type { Recovery } from '../stream/failure';
import { ReplayAllowance } from './replay-allowance';
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
  readonly #allowance: ReplayAllowance;
  #isTurnOpen = false;
  /** What the next stream is asked when the caller's own words are not to be asked. */
  #instruction: string | undefined;
  /** What another agent is to begin with, until it has begun. */
  #opening: string | undefined;
  /** The caller's utterances since an answer last began. */
  #unanswered = 0;
  /** Sentences of earlier answers that are still to be heard. */
  #lateSentences = 0;

  constructor(historyBytes: number) {
    this.#history = new ConversationHistory(historyBytes);
    this.#allowance = new ReplayAllowance(historyBytes);
  }

  /** The caller said something, and no answer to it has begun. */
  get awaitsAnswer(): boolean {
    return this.#question.isAsked;
  }

  get isTurnOpen(): boolean {
    return this.#isTurnOpen;
  }

  /** Nothing is being said, and nothing waits for an answer. */
  get isAtRest(): boolean {
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

  /**
   * Takes in what the model says; false for what only repeats what was typed, and for its word that a sentence was
   * spoken: that is late, or missing, or of more than was heard, which playback knows.
   */
  heard({ role, text, stage }: Transcript): boolean {
    if (role === 'assistant') return stage === 'speculative';
    if (this.#question.isEcho(text)) return false;
    this.#instruction = undefined;
    this.#said(text);
    this.#question.asked();
    return true;
  }

  /** The caller has heard this of an answer: of an earlier one, it goes before what they have asked since. */
  spoken(text: string): void {
    const isLate = this.#lateSentences > 0;
    if (isLate) this.#lateSentences -= 1;
    this.#history.add('assistant', text, isLate ? this.#unanswered : this.#unansweredAsked);
  }

  /** The caller's own voice is heard: what the model writes down now was said, though it may equal what was typed. */
  callerSpeaks(): void {
    this.#question.spoken();
  }

  /** An answer begins while so many sentences of earlier ones have yet to be heard. */
  turnStarted(unheardSentences = 0): void {
    this.#isTurnOpen = true;
    this.#lateSentences = unheardSentences;
    this.#allowance.spoke();
    this.#instruction = undefined;
    this.#opening = undefined;
    this.#question.answering();
  }

  /** Returns whether a turn was open. */
  turnEnded(): boolean {
    this.#allowance.answered();
    const wasOpen = this.#isTurnOpen;
    this.#isTurnOpen = false;
    this.#question.answered();
    return wasOpen;
  }

  /** A barge-in. */
  interrupted(): void {
    this.#isTurnOpen = false;
    this.#lateSentences = 0;
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
   * @param isReplaced another stream replaces it
   * @param isToolPending the answer waits for a tool, whose result will be told in words
   * @param unheard what the caller has yet to hear
   */
  streamLost(
    isReplaced: boolean,
    isToolPending = false,
    unheard: readonly UnheardSentence[] = [],
  ): 'interrupted' | 'ended' | undefined {
    if (!this.#isTurnOpen) return undefined;
    this.#isTurnOpen = false;
    const isBegun = unheard.some(({ isWhole }) => isWhole) || this.#history.lastRole !== 'user';
    if (isReplaced && !isBegun && this.#question.isOpen) return 'interrupted';
    this.#question.answered();
    if (isReplaced && !isToolPending && isBegun) this.#instruction = GO_ON;
    return 'ended';
  }

  /** In the caller's name. To be noted before the question is. */
  #said(text: string): void {
    this.#unanswered = this.#question.isAsked ? this.#unanswered + 1 : 1;
    this.#history.add('user', text);
  }

  get #unansweredAsked(): number {
    return this.#question.isAsked ? this.#unanswered : 0;
  }

  /** The next stream is another agent's, told so, and the caller's last words with it; no part of the history. */
  handOver(opening: string | undefined): void {
    this.#opening = opening;
  }

  /** The next stream is to be asked this; it is no part of the history. */
  instruct(text: string): void {
    this.#instruction = text;
  }

  /** A stream ended so. @returns whether another, told less if need be, may do better */
  mayGoOn(recovery: Recovery): boolean {
    return this.#allowance.ended(recovery);
  }

  /** The caller's last words, when nobody has answered them. */
  get openQuestion(): string | undefined {
    return planReplay(this.#history.messages, 0, this.#question.isOpen).question;
  }

  /** What a new stream is told, and asked. Sentences on their way to the caller's ear count as said. */
  replay(unheard: readonly UnheardSentence[] = []): Replay {
    const coming = unheard.filter(({ isWhole }) => isWhole).map(({ text }) => text);
    const said = this.#history.with('assistant', coming.join(' '), this.#unansweredAsked);
    const isHandedOver = this.#opening !== undefined;
    const plan = planReplay(said, this.#allowance.bytes, this.#question.isOpen || isHandedOver);
    this.#allowance.sent(bytesOf(plan.messages));
    const order = this.#opening === undefined ? this.#instruction : withLastWords(this.#opening, plan.question);
    if (order === undefined || (plan.question !== undefined && !isHandedOver)) return plan;
    this.#question.typed(order);
    return { ...plan, question: order };
  }
}

function withLastWords(opening: string, words: string | undefined): string {
  return words === undefined ? opening : `${opening} The caller's last words were: ${JSON.stringify(words)}`;
}
