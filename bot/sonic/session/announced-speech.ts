/** No voice is faster than this: with less audio a sentence was not spoken to its end. */
const MIN_MS_PER_CHARACTER = 50;

/** A sentence cut off this shortly before its end was understood; the listening clock is no more exact. */
const AS_GOOD_AS_HEARD_MS = 250;

interface Sentence {
  readonly text: string;
  /** Audio that has come of it. */
  ms: number;
}

/**
 * Sentences that the model announced and has not said to have been spoken. It says so late, and of an answer that was
 * interrupted or broken off never: then what the caller heard of them is known here only. No I/O.
 */
export class AnnouncedSpeech {
  #sentences: Sentence[] = [];
  /** Counted as spoken already; the model may still say so. */
  #taken: string[] = [];

  get isEmpty(): boolean {
    return this.#sentences.length === 0;
  }

  announce(text: string): void {
    this.#sentences.push({ text, ms: 0 });
  }

  /** This much audio of the last announced sentence has come. */
  spoke(ms: number): void {
    const last = this.#sentences.at(-1);
    if (last !== undefined) last.ms += ms;
  }

  /** The model says that this was spoken; false when it was counted before. */
  confirm(text: string): boolean {
    const known = this.#sentences[0]?.text === text ? -1 : this.#taken.indexOf(text);
    if (known >= 0) this.#taken.splice(known, 1);
    else this.#sentences.shift();
    return known < 0;
  }

  /** Takes the sentences that were heard to their end, when `unheardMs` of all audio that came was not; forgets the rest. */
  takeHeard(unheardMs: number): readonly string[] {
    let count = this.#sentences.length;
    let leftMs = unheardMs;
    while (count > 0 && leftMs > AS_GOOD_AS_HEARD_MS) {
      count -= 1;
      leftMs -= this.#sentences[count]?.ms ?? 0;
    }
    const isUnderWay = count === this.#sentences.length && !this.#isLastWhole;
    return this.#take(isUnderWay ? count - 1 : count);
  }

  /** Takes those that came whole, heard or still to be heard; all did when the answer is complete. */
  takeWhole(isComplete: boolean): readonly string[] {
    return this.#take(isComplete || this.#isLastWhole ? this.#sentences.length : this.#sentences.length - 1);
  }

  /** Whether all audio of the sentence announced last seems to have come. */
  get #isLastWhole(): boolean {
    const last = this.#sentences.at(-1);
    return last === undefined || last.ms >= last.text.length * MIN_MS_PER_CHARACTER;
  }

  #take(count: number): readonly string[] {
    this.#taken = this.#sentences.slice(0, Math.max(0, count)).map(({ text }) => text);
    this.#sentences = [];
    return this.#taken.slice();
  }
}
