import { DEFAULT_HISTORY_BYTES } from './protocol/history';

/** Every limit of a conversation with the model. All durations in ms. */
export interface SonicLimits {
  /** How long `open()` may take, its retries included. */
  readonly openDeadlineMs: number;
  /** How long one attempt to open a stream may take before another is made. */
  readonly attemptTimeoutMs: number;
  /**
   * The service may send its response headers only with its first event (not documented): a connection that is up and
   * has not been refused for so long counts as accepted. Infinity waits for the headers.
   */
  readonly quietAcceptMs: number;
  /** Waiting audio older than this is dropped: late words are worse than a gap. */
  readonly maxAudioAgeMs: number;
  /** The stream is given up after audio has been dropped for so long. */
  readonly stalledAfterMs: number;
  /** After typed text: no event for so long means that the model will not answer. */
  readonly firstEventMs: number;
  /**
   * In the middle of an answer: no event for so long means that the stream is dead (inside a block) or that the answer
   * is over (between two). Not while a tool is at work.
   */
  readonly stuckTurnMs: number;
  /** How long a polite goodbye may take. */
  readonly closeGraceMs: number;
  /** Attempts to reconnect allowed in any `reconnectWindowMs`. */
  readonly reconnectAttempts: number;
  readonly reconnectWindowMs: number;
  /** First delay before a reconnection; it doubles, and is jittered down to half. */
  readonly reconnectDelayMs: number;
  /** How much of the caller's audio is kept while nobody listens. */
  readonly keepCallerAudioMs: number;
  /** How long a gap in the caller's audio may last before silence is sent instead. */
  readonly audioGapMs: number;
  /** How much history a new stream is told, in bytes of UTF-8. */
  readonly historyBytes: number;
}

export const DEFAULT_LIMITS: SonicLimits = {
  openDeadlineMs: 8_000,
  attemptTimeoutMs: 5_000,
  quietAcceptMs: 3_500,
  maxAudioAgeMs: 1_500,
  stalledAfterMs: 1_000,
  firstEventMs: 8_000,
  stuckTurnMs: 15_000,
  closeGraceMs: 1_000,
  reconnectAttempts: 3,
  reconnectWindowMs: 30_000,
  reconnectDelayMs: 200,
  keepCallerAudioMs: 3_000,
  audioGapMs: 192,
  historyBytes: DEFAULT_HISTORY_BYTES,
};
