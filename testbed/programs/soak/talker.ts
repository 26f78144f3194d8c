import { Caller, type Beat } from '../../../smoke/caller';
import { readRecording } from '../../speech';
import { span } from '../../processes';

const ANSWER_WITHIN_MS = 30_000;

/** Callers who hold conversations, half of each spoken by the caller, until they are told to stop. */
export class Talkers {
  readonly #baseUrl: string;
  readonly #beat: Beat;
  readonly #random: () => number;
  readonly #speech = readRecording('0930').samples;
  readonly #failures: string[] = [];
  #isOver = false;
  #calls = 0;
  #turns = 0;

  constructor(options: { baseUrl: string; beat: Beat; random: () => number }) {
    this.#baseUrl = options.baseUrl;
    this.#beat = options.beat;
    this.#random = options.random;
  }

  /** Calls placed, answers heard to their end, and what went wrong. */
  get result(): { readonly calls: number; readonly turns: number; readonly failures: readonly string[] } {
    return { calls: this.#calls, turns: this.#turns, failures: this.#failures };
  }

  /** They finish what they are saying and hang up. */
  stop(): void {
    this.#isOver = true;
  }

  /** One line: a caller after the other, each for about `callMs`; Infinity is one caller to the end. Never rejects. */
  async line(callMs: number): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#call(callMs * (0.5 + this.#random()));
      } catch (error) {
        this.#failures.push(error instanceof Error ? error.message : String(error));
        await span(1_000);
      }
    }
  }

  async #call(callMs: number): Promise<void> {
    const caller = await Caller.connect({ baseUrl: this.#baseUrl, record: false, beat: this.#beat });
    this.#calls += 1;
    const untilMs = performance.now() + callMs;
    try {
      await caller.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS);
      for (let turn = 0; !this.#isOver && performance.now() < untilMs; turn += 1) {
        const from = caller.messages.length;
        if (turn % 2 === 0) await caller.say(this.#speech);
        else caller.sendText(`Say exactly: "This is turn ${turn}, and all is well."`);
        await caller.waitForMessage('bot-started-speaking', ANSWER_WITHIN_MS, from);
        await caller.waitForMessage('bot-stopped-speaking', ANSWER_WITHIN_MS, from);
        this.#turns += 1;
        await span(300 + 1_200 * this.#random());
      }
    } finally {
      caller.hangUp();
    }
  }
}
