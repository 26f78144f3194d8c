import { DEFAULT_HISTORY_BYTES } from './protocol/history';
import { rotationRules, type RotationRules } from './session/rotation';

/** Every limit of a conversation with the model. All durations in ms. */
export interface SonicLimits extends RotationRules {
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
  /** The stream is given up after audio has been dropped for this long. */
  readonly stalledAfterMs: number;
  /** Typed text that is not answered for so long is typed once more: the live service swallows some, and answers it then. */
  readonly repeatTextMs: number;
  /** After typed text: no event for this long means that the model will not answer. */
  readonly firstEventMs: number;
  /**
   * In the middle of an answer: no event for so long means that the stream is dead (inside a block) or that the answer
   * is over (between two). Not while a tool is at work.
   */
  readonly stuckTurnMs: number;
  /** In the middle of a block: the caller heard the last of it this long ago, and nothing has come since. */
  readonly starvedMs: number;
  /** How long a polite goodbye may take. */
  readonly closeGraceMs: number;
  /**
   * The caller spoke, the model gave no sign of having heard it, and so much silence followed: the model is deaf. For a
   * stream that has not heard anything yet, and for one that has.
   */
  readonly deafAfterMs: number;
  readonly provenDeafAfterMs: number;
  /** Attempts to reconnect allowed in any `reconnectWindowMs`, and after how many the first opening is given up. */
  readonly reconnectAttempts: number;
  readonly openAttempts: number;
  readonly reconnectWindowMs: number;
  /** First delay before a reconnection; it doubles up to the longest, and is jittered down to half. */
  readonly reconnectDelayMs: number;
  readonly reconnectMaxDelayMs: number;
  /** How long a stream that probes the service must be up to prove that streams can be had again. */
  readonly probeProvenMs: number;
  /** How much of the caller's audio is kept while no stream listens. */
  readonly keepCallerAudioMs: number;
  /** How long a gap in the caller's audio may last before silence is sent instead. */
  readonly audioGapMs: number;
  /** Whether the caller's audio waits while a tool is at work, for a model that refuses it then. */
  readonly holdAudioDuringTools: boolean;
  /** How much history a new stream is told, in bytes of UTF-8. */
  readonly historyBytes: number;
}

export const DEFAULT_LIMITS: SonicLimits = {
  openDeadlineMs: 8_000,
  attemptTimeoutMs: 5_000,
  quietAcceptMs: 3_500,
  maxAudioAgeMs: 1_500,
  stalledAfterMs: 1_000,
  repeatTextMs: 5_000,
  firstEventMs: 10_000,
  stuckTurnMs: 15_000,
  starvedMs: 4_000,
  closeGraceMs: 1_000,
  deafAfterMs: 5_000,
  provenDeafAfterMs: 9_000,
  // With these delays about twenty seconds: longer than a throttling storm lasts, shorter than a caller's patience.
  reconnectAttempts: 8,
  openAttempts: 3,
  reconnectWindowMs: 60_000,
  reconnectDelayMs: 200,
  reconnectMaxDelayMs: 4_000,
  probeProvenMs: 500,
  keepCallerAudioMs: 3_000,
  audioGapMs: 384,
  holdAudioDuringTools: false,
  historyBytes: DEFAULT_HISTORY_BYTES,
  ...rotationRules(),
};
