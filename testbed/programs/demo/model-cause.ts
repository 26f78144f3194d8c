/** A line of the bot's log with an error under `err`. */
interface FailureLine {
  readonly err?: { readonly code?: unknown; readonly message?: unknown };
}

/** Failures that are the model's, or those of the way to it. */
const OF_THE_MODEL = /^(model_|credentials_)/;

/** Why the model could not be spoken with, by the bot's own log, in words for the user; undefined when it says nothing. */
export function modelCause(log: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  for (const { err } of log.toReversed() as FailureLine[]) {
    if (typeof err?.code !== 'string' || !OF_THE_MODEL.test(err.code)) continue;
    const words = typeof err.message === 'string' ? err.message : 'no more is known';
    return `The model could not be spoken with: ${words} (${err.code}; docs/errors.md says what to do)`;
  }
  return undefined;
}
