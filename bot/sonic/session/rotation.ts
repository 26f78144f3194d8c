import type { StreamLife } from './stream-lifecycle';

/** When streams are rotated. All in ms. */
export interface RotationRules {
  /** The standby is opened at this age of the active stream, at the latest. */
  readonly rotateAfterMs: number;
  /** Up to this much earlier, so that many calls do not rotate together. */
  readonly rotateStaggerMs: number;
  /** The standby is promoted at this age of the active stream, whoever speaks. */
  readonly rotateByMs: number;
  /** The standby is opened when for so long the caller has neither spoken nor typed. */
  readonly rotateQuietMs: number;
  /** So long a stream that was left is kept, in case the service refuses what the next one was told. */
  readonly keepFormerMs: number;
  /** No stream is rotated before this age, however soon its credentials expire. */
  readonly rotateMinMs: number;
  /** A standby of this age is replaced. */
  readonly refreshStandbyMs: number;
}

/** The service ends a stream after eight minutes: Nova user guide and SDK. */
const DEFAULT_ROTATE_AFTER_MS = 6 * 60_000;

/** Whether the service ends streams when their credentials expire is not documented: the standby is opened before. */
const CREDENTIALS_MARGIN_MS = 3 * 60_000;
const CREDENTIALS_DEADLINE_MS = 30_000;

/**
 * The rules for a given age: with six minutes the deadline is seven, calls spread over 40 s, and a stream that hears no
 * speech is left after 4:30, because one project was cut off after 295 s though it streamed a microphone's noise.
 */
export function rotationRules(rotateAfterMs: number = DEFAULT_ROTATE_AFTER_MS): RotationRules {
  return {
    rotateAfterMs,
    rotateStaggerMs: rotateAfterMs / 9,
    rotateByMs: (rotateAfterMs * 7) / 6,
    rotateQuietMs: rotateAfterMs * 0.75,
    keepFormerMs: Math.min(2_000, rotateAfterMs / 30),
    rotateMinMs: rotateAfterMs / 6,
    refreshStandbyMs: rotateAfterMs / 12,
  };
}

/**
 * When a stream that was opened at `openedAtMs` should be replaced.
 * @param credentialsExpireAtMs of the credentials it was opened with, on the same scale; undefined: they do not expire
 * @param jitter from 0 to 1, the call's own
 */
export function lifeOf(
  openedAtMs: number,
  credentialsExpireAtMs: number | undefined,
  rules: RotationRules,
  jitter: number,
): StreamLife {
  const expireAtMs = credentialsExpireAtMs ?? Infinity;
  const earlierMs = rules.rotateStaggerMs * jitter;
  const wantedMs = Math.min(openedAtMs + rules.rotateAfterMs, expireAtMs - CREDENTIALS_MARGIN_MS) - earlierMs;
  const prepareAtMs = Math.max(wantedMs, openedAtMs + rules.rotateMinMs);
  const byMs = Math.min(openedAtMs + rules.rotateByMs, expireAtMs - CREDENTIALS_DEADLINE_MS);
  return { prepareAtMs, deadlineAtMs: Math.max(byMs, prepareAtMs) };
}
