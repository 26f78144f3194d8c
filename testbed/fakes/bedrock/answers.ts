import type { Behaviours } from './behaviours';
import { Finals } from './finals';
import type { OutputEvents } from './output';
import { PACES } from './pace';
import { Speaker } from './speaker';
import type { SpeechCache } from './speech-cache';
import type { UsageMeter } from './usage';

export interface AnswersOptions {
  readonly behaviours: Behaviours;
  readonly output: OutputEvents;
  readonly outputHz: number;
  readonly voiceId: string;
  readonly speech: SpeechCache;
  /** Speech could not be made. */
  failed(error: unknown): void;
}

/** What follows the first sentence of an answer. */
const LEADS = { none: '', space: ' ', lines: '\n\n' } as const;

/** The answers of one conversation, each said by a speaker of its own, and what outlives them. */
export class Answers {
  /** FINAL texts may come in a later turn. */
  readonly finals: Finals;
  readonly #o: AnswersOptions;
  readonly #usage: UsageMeter;
  /** An audio block that an interruption left open. */
  #leftOpen: Speaker | undefined;
  #stuckNext = false;

  constructor(options: AnswersOptions, usage: UsageMeter) {
    this.#o = options;
    this.#usage = usage;
    this.finals = new Finals(options.output, { behaviours: options.behaviours, usage });
  }

  /** The next answer never ends. */
  stickNext(): void {
    this.#stuckNext = true;
  }

  /** Begins an answer; it is said by the speaker's ticks, as far as it has been synthesised. */
  begin(sentences: readonly string[]): Speaker {
    const { behaviours, output, outputHz, voiceId, speech } = this.#o;
    this.#leftOpen?.close();
    this.#leftOpen = undefined;
    const speaker = new Speaker(output, sentences, { behaviours, finals: this.finals, usage: this.#usage });
    speaker.stuck = this.#stuckNext;
    this.#stuckNext = false;
    const lead = LEADS[behaviours.continuation];
    const format = { rateHz: outputHz, piecesMs: PACES[behaviours.pace].piecesMs };
    for (const [index, sentence] of sentences.entries()) {
      speech.get(sentence, voiceId, format).then(
        (spoken) => speaker.ready(index, index === 0 ? spoken : { ...spoken, text: lead + spoken.text }),
        (error: unknown) => this.#o.failed(error),
      );
    }
    return speaker;
  }

  /** An answer is over, though its audio block may be open. */
  over(speaker: Speaker): void {
    if (speaker.audioOpen) this.#leftOpen = speaker;
  }

  /** Sends the FINAL texts that are due, between answers. */
  tick(nowMs: number): void {
    if (this.#leftOpen === undefined) this.finals.tick(nowMs);
  }
}
