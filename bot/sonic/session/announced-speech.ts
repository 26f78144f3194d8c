/** No voice is faster than this: with less audio a sentence was not spoken to its end. */
const MIN_MS_PER_CHARACTER = 50;

/** A sentence cut off this shortly before its end was understood; the listening clock is no more exact. */
const AS_GOOD_AS_HEARD_MS = 250;

/** A word about a sentence that has been counted comes within so many sentences, or never. */
const REMEMBERED_SENTENCES = 32;

interface Sentence {
  readonly text: string;
  /** Audio that has come of it. */
  ms: number;
}

/**
 * Sentences that the model announced and has not said to have been spoken. It says so late, at times twice, of some
 * sentences never, and perhaps after the next question: a word about one is known by its text, oldest first, and
 * counts once. Of an answer that was interrupted or broken off, what the caller heard is known here only. No I/O.
 */
export class AnnouncedSpeech {
  #sentences: Sentence[] = [];
  /** Counted as spoken already; the model may still say so, or say so again. */
  #counted: readonly string[] = [];

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

  /**
   * The model says that this was spoken: a sentence, or as much of one as was heard. What was announced before it was
   * spoken too.
   * @returns the texts that are to be counted, in order; none for what was counted before
   */
  confirm(text: string): readonly string[] {
    const words = normal(text);
    const isWhole = ({ text: announced }: { text: string }): boolean => normal(announced) === words;
    const isPart = ({ text: announced }: { text: string }): boolean => normal(announced).startsWith(words);
    const index = this.#sentences.findIndex(isWhole);
    if (index >= 0) return this.#count(this.#sentences.splice(0, index + 1).map((sentence) => sentence.text));
    if (words === '' || this.#counted.some((counted) => normal(counted).startsWith(words))) return [];
    const partly = this.#sentences.findIndex(isPart);
    const before = this.#sentences.splice(0, partly + 1).slice(0, -1);
    return this.#count([...before.map((sentence) => sentence.text), text]);
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
    const taken = this.#sentences.slice(0, Math.max(0, count)).map(({ text }) => text);
    this.#sentences = [];
    return this.#count(taken);
  }

  #count(texts: readonly string[]): readonly string[] {
    this.#counted = [...this.#counted, ...texts].slice(-REMEMBERED_SENTENCES);
    return texts;
  }
}

/** The service's own spacing and punctuation may differ between its two texts of one sentence. */
function normal(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
