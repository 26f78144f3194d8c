/** A model tells of a barge-in while the caller speaks, or soon after a short word. */
const TOLD_WITHIN_MS = 2_000;

/** When the moments of a barge-in were, on one clock. */
export interface BargeInMoments {
  /** When the caller's voice that was heard last began, and when it was last heard; undefined: never. */
  readonly voice: { readonly beganMs: number; readonly voicedMs: number } | undefined;
  /** When the bot began to be heard. */
  readonly audibleMs: number;
  /** When nothing of the bot's could reach the caller any more. */
  readonly silentMs: number;
}

/** From the caller's first sound over the bot's voice to silence; undefined where the caller was not heard, as one who typed. */
export function bargeInMs({ voice, audibleMs, silentMs }: BargeInMoments): number | undefined {
  if (voice === undefined || voice.voicedMs < audibleMs || silentMs - voice.voicedMs > TOLD_WITHIN_MS) return undefined;
  return silentMs - Math.max(voice.beganMs, audibleMs);
}
