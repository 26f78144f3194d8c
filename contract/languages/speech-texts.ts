/** What the bot says when it must say it: the model is asked first, in its own voice; where it cannot, a recording is played. */
export const NOTICE_NAMES = [
  'model-lost',
  'one-moment',
  'still-trying',
  'still-there',
  'absent-goodbye',
  'nearly-over',
  'over-goodbye',
  'budget-goodbye',
  'drain-goodbye',
  'call-recorded',
  'may-we-record',
] as const;

export type NoticeName = (typeof NOTICE_NAMES)[number];

/** Every text of the bot's own in one language, written for the ear: no brackets, no markup, and nobody's gender. */
export interface SpeechTexts {
  readonly notices: Readonly<Record<NoticeName, string>>;
  /** What the model is told to begin with where neither the agent nor the operator has words for it. */
  readonly greetingPrompt: string;
  /** After what was read back to the caller. */
  readonly isThatRight: string;
  /** How a true or false argument is read back. */
  readonly yes: string;
  readonly no: string;
  /** Shown by clients while a call goes on. */
  readonly shown: {
    readonly reconnecting: string;
    readonly modelLost: string;
    readonly typedInVain: string;
  };
}
