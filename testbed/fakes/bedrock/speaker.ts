import type { OutputEvents } from './output';
import type { SpokenSentence } from './speech-cache';

/** Sent at once when speech begins, and from then on this many times faster than it is heard. */
const BURST_MS = 400;
const SPEED = 3;

interface Sentence {
  readonly text: string;
  /** Missing until it has been synthesised. */
  spoken: SpokenSentence | undefined;
}

/**
 * Sends one answer: for each sentence a SPECULATIVE text and its audio, faster than real time, and a FINAL text when it
 * has been heard. It keeps the listener's clock itself: speech is heard one sentence after the other, from the moment
 * when its first piece was sent. Driven by `tick`; owns no timer.
 */
export class Speaker {
  readonly #output: OutputEvents;
  readonly #sentences: readonly Sentence[];
  /** The sentence and the piece to be sent next. */
  #next = 0;
  #piece = 0;
  #audioOpen = false;
  #startedAtMs: number | undefined;
  #sentMs = 0;
  #heardUntilMs = 0;
  readonly #unheard: { readonly text: string; readonly heardAtMs: number }[] = [];
  #textChars = 0;
  /** Leaves the last audio block open for ever. */
  stuck = false;

  constructor(output: OutputEvents, texts: readonly string[]) {
    this.#output = output;
    this.#sentences = texts.map((text) => ({ text, spoken: undefined }));
  }

  /** Gives the speech of a sentence; the next tick goes on with it. */
  ready(index: number, spoken: SpokenSentence): void {
    const sentence = this.#sentences[index];
    if (sentence !== undefined) sentence.spoken = spoken;
  }

  /** Milliseconds of speech and characters of text sent so far. */
  get sent(): { readonly speechMs: number; readonly textChars: number } {
    return { speechMs: this.#sentMs, textChars: this.#textChars };
  }

  /** True between the first piece of audio and the last. */
  get sending(): boolean {
    return this.#startedAtMs !== undefined && this.#next < this.#sentences.length;
  }

  /** Sends what is due. @returns true when everything has been sent and heard. */
  tick(nowMs: number): boolean {
    this.#finals(nowMs);
    while (this.#next < this.#sentences.length && this.#maySend(nowMs)) {
      const spoken = this.#sentences[this.#next]?.spoken;
      if (spoken === undefined) break;
      if (!this.#audioOpen) this.#begin(spoken, nowMs);
      this.#sendPiece(spoken);
      if (this.#piece === spoken.pieces.length && !this.#end(spoken)) return false;
      this.#finals(nowMs);
    }
    return this.#next === this.#sentences.length && this.#unheard.length === 0;
  }

  /** The caller has barged in: nothing more is sent, and nothing that was not heard counts as said. */
  interrupt(nowMs: number): void {
    if (this.#audioOpen) this.#output.audioEnd('INTERRUPTED');
    this.#audioOpen = false;
    // Before the rest is dropped: what has been heard meanwhile is not the end of the turn.
    this.#finals(nowMs);
    this.#next = this.#sentences.length;
    this.#unheard.length = 0;
    this.#output.text('ASSISTANT', 'FINAL', '{ "interrupted" : true }', 'INTERRUPTED');
  }

  #maySend(nowMs: number): boolean {
    return this.#startedAtMs === undefined || this.#sentMs < BURST_MS + SPEED * (nowMs - this.#startedAtMs);
  }

  #begin(spoken: SpokenSentence, nowMs: number): void {
    this.#startedAtMs ??= nowMs;
    this.#heardUntilMs = Math.max(this.#heardUntilMs, nowMs) + spoken.durationMs;
    this.#output.text('ASSISTANT', 'SPECULATIVE', spoken.text, 'PARTIAL_TURN');
    this.#textChars += spoken.text.length;
    this.#output.audioStart();
    this.#audioOpen = true;
    this.#piece = 0;
  }

  #sendPiece(spoken: SpokenSentence): void {
    const piece = spoken.pieces[this.#piece];
    this.#piece += 1;
    if (piece === undefined) return;
    this.#output.audioPiece(piece);
    this.#sentMs += piece.durationMs;
  }

  #end(spoken: SpokenSentence): boolean {
    const last = this.#next === this.#sentences.length - 1;
    if (last && this.stuck) {
      this.#next = this.#sentences.length;
      this.#unheard.push({ text: spoken.text, heardAtMs: Number.POSITIVE_INFINITY });
      return false;
    }
    this.#output.audioEnd(last ? 'END_TURN' : 'PARTIAL_TURN');
    this.#audioOpen = false;
    this.#next += 1;
    this.#unheard.push({ text: spoken.text, heardAtMs: this.#heardUntilMs });
    return true;
  }

  /** FINAL texts of what has been heard; blocks are never nested, so not while audio is open. */
  #finals(nowMs: number): void {
    while (!this.#audioOpen && this.#unheard[0] !== undefined && this.#unheard[0].heardAtMs <= nowMs) {
      const { text } = this.#unheard[0];
      this.#unheard.shift();
      const last = this.#unheard.length === 0 && this.#next === this.#sentences.length;
      this.#output.text('ASSISTANT', 'FINAL', text, last ? 'END_TURN' : 'PARTIAL_TURN');
      this.#textChars += text.length;
    }
  }
}
