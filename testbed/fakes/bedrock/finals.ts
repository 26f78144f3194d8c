import { DOCUMENTED, type Behaviours } from './behaviours';
import type { OutputEvents } from './output';
import { PACES } from './pace';
import { UsageMeter } from './usage';

interface Sentence {
  readonly text: string;
  /** When the listener begins to hear it, and when all of it has been heard. */
  readonly fromMs: number;
  untilMs: number;
  /** The last one of its answer. */
  readonly last: boolean;
}

export interface FinalsOptions {
  readonly behaviours?: Pick<Behaviours, 'finals' | 'finalEnd' | 'turnEnds' | 'pace'>;
  readonly usage?: UsageMeter;
}

/**
 * FINAL texts of what has been announced, across turns: each is due when its sentence has been heard, or later. Blocks
 * are never nested, so whoever has audio open does not call `tick`.
 */
export class Finals {
  readonly #output: OutputEvents;
  readonly #behaviours: NonNullable<FinalsOptions['behaviours']>;
  readonly #usage: UsageMeter;
  #waiting: Sentence[] = [];
  #lastInputMs = Number.NEGATIVE_INFINITY;

  constructor(output: OutputEvents, { behaviours = DOCUMENTED, usage = new UsageMeter() }: FinalsOptions = {}) {
    this.#output = output;
    this.#behaviours = behaviours;
    this.#usage = usage;
  }

  /** True while texts are due or will be, but for one that only new input brings. */
  get pending(): boolean {
    return this.#waiting.some((sentence) => !this.#isWithheld(sentence));
  }

  /** A sentence has been announced and will be heard in this time. */
  announce(sentence: Sentence): void {
    this.#waiting.push(sentence);
  }

  /** What was announced last will never have been heard. */
  holdLast(): void {
    const sentence = this.#waiting.at(-1);
    if (sentence !== undefined) sentence.untilMs = Number.POSITIVE_INFINITY;
  }

  /** Something came in from the client. */
  input(nowMs: number): void {
    this.#lastInputMs = nowMs;
  }

  /** Sends what is due. */
  tick(nowMs: number): void {
    for (;;) {
      const [sentence] = this.#waiting;
      if (sentence === undefined || sentence.untilMs + this.#lagMs > nowMs || this.#isWithheld(sentence)) return;
      this.#waiting.shift();
      this.#send(sentence);
    }
  }

  /**
   * The listener hears no more: what was not heard to its end is never FINAL, but for the sentence that was being
   * heard, as `what` says.
   */
  cut(nowMs: number, what: Behaviours['cutFinal']): void {
    const heard = this.#waiting.filter((sentence) => sentence.untilMs <= nowMs);
    const current = this.#waiting.find((sentence) => sentence.fromMs <= nowMs && nowMs < sentence.untilMs);
    const part = current === undefined ? '' : heardPart(current, nowMs, what);
    this.#waiting = heard;
    if (current !== undefined && part !== '') this.announce({ ...current, text: part, untilMs: nowMs, last: true });
  }

  get #lagMs(): number {
    return this.#behaviours.finals === 'late' ? PACES[this.#behaviours.pace].lateFinalMs : 0;
  }

  #isWithheld({ last, untilMs }: Sentence): boolean {
    return this.#behaviours.finals === 'withheld' && last && this.#lastInputMs < untilMs;
  }

  #send({ text, last }: Sentence): void {
    const { finals, finalEnd, turnEnds } = this.#behaviours;
    if (finals === 'missing') return;
    const ends = turnEnds === 'every' || finalEnd === 'END_TURN' || (finalEnd === 'last' && last);
    for (let copy = 0; copy < (finals === 'doubled' ? 2 : 1); copy += 1) {
      this.#output.text('ASSISTANT', 'FINAL', text, ends ? 'END_TURN' : 'PARTIAL_TURN');
      this.#usage.wroteText(text.length);
    }
  }
}

function heardPart(sentence: Sentence, nowMs: number, what: Behaviours['cutFinal']): string {
  if (what === 'none') return '';
  if (what === 'whole') return sentence.text;
  const words = sentence.text.split(' ');
  const heard = (nowMs - sentence.fromMs) / (sentence.untilMs - sentence.fromMs);
  return words.slice(0, Math.floor(words.length * heard)).join(' ');
}
