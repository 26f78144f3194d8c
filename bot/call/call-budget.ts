import type { SpeechEvents, SpeechSession, Usage } from '../sonic';
import type { Clock, Timer } from '../time';
import type { Admission } from './admission';
import { Spending } from './spending';
import { costOf, tokensOf, type TokenPrices } from './token-cost';

/** What a call may use; undefined is no limit. */
export interface CallCeilings {
  readonly maxTokens: number | undefined;
  /** In US dollars, at the prices that are known. */
  readonly maxDollars: number | undefined;
}

const CHECK_EVERY_MS = 1000;

interface CallBudgetOptions {
  readonly callId: string;
  readonly clock: Clock;
  readonly ceilings: CallCeilings;
  readonly prices: TokenPrices | undefined;
  readonly admission: Pick<Admission, 'spent' | 'isDaySpent'>;
  /** The call's ceiling, or the day's, is reached. Called once. */
  readonly onSpent: () => void;
}

/** The side of a session that takes text. */
export type TextInput = Pick<SpeechSession, 'sendText' | 'addContext' | 'sendToolResult' | 'handOver'>;

/**
 * Watches what a call costs: it counts the texts to the model and all that comes from it, and the caller's audio by the
 * time it takes. A text that would go over the ceiling is not passed on.
 */
export class CallBudget {
  readonly #options: CallBudgetOptions;
  readonly #spending = new Spending();
  #timer: Timer | undefined;
  #isSpent = false;

  constructor(options: CallBudgetOptions) {
    this.#options = options;
  }

  /** The same events of a model that is being opened with this prompt, counted. */
  counted(systemPrompt: string, events: SpeechEvents): SpeechEvents {
    this.#spending.reads(systemPrompt);
    return {
      ...events,
      onAudio: (pcm24k) => {
        this.#spending.spoke(pcm24k.length);
        events.onAudio(pcm24k);
        this.#check();
      },
      onTranscript: (transcript) => {
        // A sentence is told twice, when it is begun and when it was heard.
        if (transcript.role === 'user' || transcript.stage === 'speculative') this.#spending.wrote(transcript.text);
        events.onTranscript(transcript);
      },
      onUsage: (usage) => {
        this.#spending.reported(usage, this.#options.clock.nowMs());
        this.#tellDay(usage);
        events.onUsage(usage);
        this.#check();
      },
    };
  }

  /** The texts to a model that listens from now on, counted. Called once. */
  countedTexts(session: TextInput): TextInput {
    this.#spending.listens(this.#options.clock.nowMs());
    if (this.#isLimited) this.#checkAgain();
    return {
      sendText: (text) => {
        if (!this.#fits(text)) return;
        this.#spending.reads(text);
        session.sendText(text);
      },
      addContext: (text) => {
        if (!this.#fits(text)) return;
        this.#spending.reads(text);
        session.addContext(text);
      },
      handOver: (successor) => {
        const text = successor.systemPrompt + successor.opening;
        if (!this.#fits(text)) return;
        this.#spending.reads(text);
        session.handOver(successor);
      },
      sendToolResult: (toolUseId, json, forOthers) => {
        if (!this.#fits(json)) return;
        this.#spending.reads(json);
        session.sendToolResult(toolUseId, json, forOthers);
      },
    };
  }

  /** The model is closed: what it has not reported is counted for the day by its estimate. Called once. */
  stop(): void {
    this.#isSpent = true;
    this.#timer?.cancel();
    this.#tellDay(this.#spending.unreported(this.#options.clock.nowMs()));
  }

  get #isLimited(): boolean {
    const { ceilings, admission } = this.#options;
    return ceilings.maxTokens !== undefined || ceilings.maxDollars !== undefined || admission.isDaySpent !== undefined;
  }

  #checkAgain(): void {
    this.#timer = this.#options.clock.after(CHECK_EVERY_MS, () => {
      this.#check();
      if (!this.#isSpent) this.#checkAgain();
    });
  }

  #fits(text: string): boolean {
    this.#check(text);
    return !this.#isSpent;
  }

  #check(text = ''): void {
    if (this.#isSpent) return;
    const { ceilings, prices, admission, clock, onSpent } = this.#options;
    const usage = this.#spending.usage(clock.nowMs(), text);
    const { maxTokens = Infinity, maxDollars = Infinity } = ceilings;
    const dollars = prices === undefined ? 0 : costOf(usage, prices);
    if (tokensOf(usage) < maxTokens && dollars < maxDollars && admission.isDaySpent !== true) return;
    this.#isSpent = true;
    onSpent();
  }

  #tellDay(usage: Usage): void {
    const { admission, callId, prices } = this.#options;
    admission.spent(callId, {
      tokens: tokensOf(usage),
      dollars: prices === undefined ? 0 : costOf(usage, prices),
    });
  }
}
