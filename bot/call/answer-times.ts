/** Where the time between the caller's last word and the bot's first sound went. */
export interface AnswerParts {
  /** Until the model noticed that the caller had finished, or, where it does not say so, began to answer. */
  readonly endpointingMs: number;
  /** Until its first audio came in. */
  readonly modelMs: number;
  /** Until the first of it was on its way to the caller. */
  readonly playoutMs: number;
}

/** An answer as far as it is known when the bot begins to be heard. */
export interface AnswerTimes {
  /** Since the caller was last heard, or typed; undefined when the bot speaks unasked. */
  readonly answerMs: number | undefined;
  /** The parts of `answerMs`; undefined where one of them was not seen. */
  readonly parts: AnswerParts | undefined;
}

/** A turn that is over. `lastedMs` is from the caller's last word, or else from the bot's first sound. */
export interface TurnOver extends AnswerTimes {
  readonly lastedMs: number;
  readonly interrupted: boolean;
}

/** When the moments of an answer were, on one clock. */
export interface AnswerMoments {
  /** When the caller was last heard, or typed; undefined: not since the bot last began to speak. */
  readonly askedMs: number | undefined;
  /** When the model said that the caller had finished; undefined: it did not. */
  readonly finishedMs?: number;
  readonly turnStartedMs: number | undefined;
  readonly firstAudioMs: number | undefined;
  readonly audibleMs: number;
}

/** The times between the moments; what does not fit is left out rather than guessed. */
export function answerTimes({
  askedMs,
  finishedMs,
  turnStartedMs,
  firstAudioMs,
  audibleMs,
}: AnswerMoments): AnswerTimes {
  if (askedMs === undefined) return { answerMs: undefined, parts: undefined };
  const answerMs = audibleMs - askedMs;
  // What the model began before the caller's last word was no answer to it.
  if (turnStartedMs === undefined || firstAudioMs === undefined || turnStartedMs < askedMs)
    return { answerMs, parts: undefined };
  const isOfThisQuestion = finishedMs !== undefined && finishedMs >= askedMs && finishedMs <= firstAudioMs;
  const noticedMs = isOfThisQuestion ? finishedMs : turnStartedMs;
  return {
    answerMs,
    parts: {
      endpointingMs: noticedMs - askedMs,
      modelMs: firstAudioMs - noticedMs,
      playoutMs: audibleMs - firstAudioMs,
    },
  };
}
