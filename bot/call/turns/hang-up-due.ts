/** A goodbye that takes longer is cut off. */
const GOODBYE_WITHIN_MS = 12_000;
/** So long a goodbye is waited for that the model may have said before it asked to hang up. */
const SPEAKS_WITHIN_MS = 4_000;

/** The model has asked for the end of its part: its goodbye is heard to its end, and then the call ends, or is another's. */
export interface HangingUp {
  readonly askedMs: number;
  /** Whom the caller is connected with then; undefined: the call ends. */
  readonly transferTo: string | undefined;
  /** The goodbye has begun. */
  readonly isSpoken: boolean;
}

/**
 * When the call ends though its goodbye was not heard out; Infinity while the caller hears what was said before it.
 * @param isQuiet whether the caller hears nothing of the bot
 */
export function hangUpDueMs({ askedMs, isSpoken }: HangingUp, isQuiet: boolean): number {
  if (isSpoken) return askedMs + GOODBYE_WITHIN_MS;
  return isQuiet ? askedMs + SPEAKS_WITHIN_MS : Infinity;
}
