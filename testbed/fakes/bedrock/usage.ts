import type { TokenCounts } from './output';

/** The sandbox's own rates; the service's are not published. */
const SPEECH_TOKENS_PER_SECOND = 25;
const CHARS_PER_TEXT_TOKEN = 4;
const HEARD_HZ = 16_000;

/** Counts tokens, and what has been added since the last report. */
export class UsageMeter {
  #heardSamples = 0;
  #readChars = 0;
  #spokenMs = 0;
  #writtenChars = 0;
  #reported: TokenCounts = { input: { speechTokens: 0, textTokens: 0 }, output: { speechTokens: 0, textTokens: 0 } };

  heardSpeech(samples: number): void {
    this.#heardSamples += samples;
  }

  readText(text: string): void {
    this.#readChars += text.length;
  }

  spoke(ms: number): void {
    this.#spokenMs += ms;
  }

  wroteText(chars: number): void {
    this.#writtenChars += chars;
  }

  /** True when a report would have something to tell. */
  get grown(): boolean {
    return JSON.stringify(this.total) !== JSON.stringify(this.#reported);
  }

  /** What there is to bill, reported or not. */
  get total(): TokenCounts {
    return {
      input: {
        speechTokens: Math.ceil((this.#heardSamples / HEARD_HZ) * SPEECH_TOKENS_PER_SECOND),
        textTokens: Math.ceil(this.#readChars / CHARS_PER_TEXT_TOKEN),
      },
      output: {
        speechTokens: Math.ceil((this.#spokenMs / 1000) * SPEECH_TOKENS_PER_SECOND),
        textTokens: Math.ceil(this.#writtenChars / CHARS_PER_TEXT_TOKEN),
      },
    };
  }

  /** Totals, and what they have grown by since last time. */
  report(): { readonly delta: TokenCounts; readonly total: TokenCounts } {
    const before = this.#reported;
    const { total } = this;
    this.#reported = total;
    return {
      total,
      delta: {
        input: {
          speechTokens: total.input.speechTokens - before.input.speechTokens,
          textTokens: total.input.textTokens - before.input.textTokens,
        },
        output: {
          speechTokens: total.output.speechTokens - before.output.speechTokens,
          textTokens: total.output.textTokens - before.output.textTokens,
        },
      },
    };
  }
}
