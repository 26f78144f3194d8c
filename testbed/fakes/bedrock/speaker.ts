import { cutBySpeech, type Cut } from './cut';
import { DOCUMENTED, type Behaviours } from './behaviours';
import { Finals } from './finals';
import type { OutputEvents, StopReason } from './output';
import { PACES, allowanceMs, type Pace } from './pace';
import type { SpokenSentence } from './speech-cache';
import { UsageMeter } from './usage';

interface Sentence {
  readonly text: string;
  /** Missing until it has been synthesised. */
  spoken: SpokenSentence | undefined;
}

export interface SpeakerOptions {
  readonly behaviours?: Behaviours;
  readonly finals?: Finals;
  readonly usage?: UsageMeter;
}

/**
 * Sends one answer: for each sentence a SPECULATIVE text and its audio, faster than real time. It keeps the listener's
 * clock itself: speech is heard one sentence after the other, from the moment when its first piece was sent. Driven by
 * `tick`; owns no timer.
 */
export class Speaker {
  readonly #output: OutputEvents;
  readonly #sentences: readonly Sentence[];
  readonly #behaviours: Behaviours;
  readonly #pace: Pace;
  readonly #finals: Finals;
  readonly #usage: UsageMeter;
  /** The sentence and the piece to be sent next. */
  #next = 0;
  #piece = 0;
  /** The sentence has been announced; its audio follows at `#audioFromMs`. */
  #announced = false;
  #audioFromMs = 0;
  #audioOpen = false;
  #startedAtMs: number | undefined;
  #sentMs = 0;
  #heardUntilMs = 0;
  #runsOn = false;
  /** Leaves the last audio block open for ever. */
  stuck = false;

  constructor(output: OutputEvents, texts: readonly string[], options: SpeakerOptions = {}) {
    this.#output = output;
    this.#sentences = texts.map((text) => ({ text, spoken: undefined }));
    this.#behaviours = options.behaviours ?? DOCUMENTED;
    this.#pace = PACES[this.#behaviours.pace];
    this.#usage = options.usage ?? new UsageMeter();
    this.#finals = options.finals ?? new Finals(output, { behaviours: this.#behaviours, usage: this.#usage });
  }

  /** Gives the speech of a sentence; the next tick goes on with it. */
  ready(index: number, spoken: SpokenSentence): void {
    const sentence = this.#sentences[index];
    if (sentence !== undefined) sentence.spoken = spoken;
  }

  /** True between the first piece of audio and the last. */
  get sending(): boolean {
    return this.#startedAtMs !== undefined && this.#next < this.#sentences.length;
  }

  /** No block may begin while this is true. */
  get audioOpen(): boolean {
    return this.#audioOpen;
  }

  /** True when everything has been sent and heard. */
  heard(nowMs: number): boolean {
    return this.#next === this.#sentences.length && this.#heardUntilMs <= nowMs;
  }

  /** Sends what is due. @returns true when everything has been sent and heard, and said to have been. */
  tick(nowMs: number): boolean {
    this.#sayFinals(nowMs);
    while (this.#next < this.#sentences.length && this.#maySend(nowMs)) {
      const spoken = this.#sentences[this.#next]?.spoken;
      if (spoken === undefined) break;
      if (!this.#announced) this.#announce(spoken, nowMs);
      if (nowMs < this.#audioFromMs) break;
      if (!this.#audioOpen) this.#openAudio(spoken, nowMs);
      this.#sendPiece(spoken);
      if (this.#piece === spoken.pieces.length) this.#end(nowMs);
      this.#sayFinals(nowMs);
    }
    return this.heard(nowMs) && !this.#finals.pending;
  }

  /**
   * Somebody has barged in: nothing more is sent, unless `cut` has it run on, and what was not heard was not said.
   * @returns whether the client was told of it
   */
  interrupt(nowMs: number, cut: Cut = cutBySpeech(DOCUMENTED)): boolean {
    if (cut.rush) this.#rush(nowMs);
    if (cut.block === 'runs-on' && this.#next < this.#sentences.length) {
      this.#runsOn = true;
      return false;
    }
    const ends = this.#audioOpen && cut.block === 'ends';
    if (ends) this.#output.audioEnd(cut.stopReason);
    if (cut.block !== 'ends-later') this.#audioOpen = false;
    // Before the rest is dropped: what has been heard meanwhile is not the end of the turn.
    this.#sayFinals(nowMs);
    this.#next = this.#sentences.length;
    this.#heardUntilMs = Math.min(this.#heardUntilMs, nowMs);
    this.#finals.cut(nowMs, cut.final);
    if (cut.marker) this.#output.text('ASSISTANT', 'FINAL', '{ "interrupted" : true }', 'INTERRUPTED');
    return cut.marker || (ends && cut.stopReason === 'INTERRUPTED');
  }

  /** Ends the audio block if it is still open: something else is about to be said. */
  close(): void {
    if (this.#audioOpen) this.#output.audioEnd('PARTIAL_TURN');
    this.#audioOpen = false;
    this.#next = this.#sentences.length;
  }

  #rush(nowMs: number): void {
    while (this.#next < this.#sentences.length) {
      const spoken = this.#sentences[this.#next]?.spoken;
      if (spoken === undefined) return;
      if (!this.#announced) this.#announce(spoken, nowMs);
      if (!this.#audioOpen) this.#openAudio(spoken, nowMs);
      while (this.#piece < spoken.pieces.length) this.#sendPiece(spoken);
      this.#end(nowMs);
    }
  }

  #maySend(nowMs: number): boolean {
    return this.#startedAtMs === undefined || this.#sentMs < allowanceMs(this.#pace, nowMs - this.#startedAtMs);
  }

  #announce(spoken: SpokenSentence, nowMs: number): void {
    this.#announced = true;
    const { first, next } = this.#pace.audioLagMs;
    this.#audioFromMs = nowMs + (this.#next === 0 ? first : next);
    this.#output.text('ASSISTANT', 'SPECULATIVE', spoken.text, this.#stop('PARTIAL_TURN'));
    this.#usage.wroteText(spoken.text.length);
  }

  #openAudio(spoken: SpokenSentence, nowMs: number): void {
    this.#startedAtMs ??= nowMs;
    const fromMs = Math.max(this.#heardUntilMs, nowMs);
    this.#heardUntilMs = fromMs + spoken.durationMs;
    const last = this.#next === this.#sentences.length - 1;
    this.#finals.announce({ text: spoken.text, fromMs, untilMs: this.#heardUntilMs, last });
    this.#output.audioStart();
    this.#audioOpen = true;
    this.#piece = 0;
  }

  #sendPiece(spoken: SpokenSentence): void {
    const piece = spoken.pieces[this.#piece];
    this.#piece += 1;
    if (piece === undefined) return;
    this.#output.audioPiece(piece);
    this.#usage.spoke(piece.durationMs);
    this.#sentMs += piece.durationMs;
  }

  #end(nowMs: number): void {
    const last = this.#next === this.#sentences.length - 1;
    this.#next += 1;
    this.#announced = false;
    if (last && this.stuck) {
      this.#heardUntilMs = Number.POSITIVE_INFINITY;
      this.#finals.holdLast();
      return;
    }
    this.#output.audioEnd(last && !this.#runsOn ? 'END_TURN' : this.#stop('PARTIAL_TURN'));
    this.#audioOpen = false;
    // Nobody hears to its end what runs on after the caller has begun to speak.
    if (this.#runsOn && last) this.#heardUntilMs = Math.min(this.#heardUntilMs, nowMs);
  }

  #stop(usual: StopReason): StopReason {
    return this.#behaviours.turnEnds === 'every' ? 'END_TURN' : usual;
  }

  #sayFinals(nowMs: number): void {
    if (!this.#audioOpen) this.#finals.tick(nowMs);
  }
}
