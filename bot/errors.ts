/**
 * The error catalogue: every failure the runtime can report, with a stable code.
 *
 * `status` is what an HTTP caller gets, `retryable` says whether the same request may succeed later unchanged.
 * Each code has a line in docs/errors.md that says what to do; a test keeps the two together.
 */
export const ERROR_CATALOGUE = {
  config_invalid: { status: 500, retryable: false },
  listen_failed: { status: 500, retryable: false },
  bad_request: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  origin_refused: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  request_timeout: { status: 408, retryable: true },
  payload_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  rate_limited: { status: 429, retryable: true },
  too_many_unanswered: { status: 429, retryable: true },
  caller_limit_reached: { status: 429, retryable: true },
  day_quota_reached: { status: 503, retryable: true },
  headers_too_large: { status: 431, retryable: false },
  at_capacity: { status: 503, retryable: true },
  draining: { status: 503, retryable: true },
  transport_unavailable: { status: 503, retryable: false },
  signature_invalid: { status: 403, retryable: false },
  stream_refused: { status: 403, retryable: false },
  stream_spent: { status: 409, retryable: false },
  caller_busy: { status: 429, retryable: true },
  destination_refused: { status: 400, retryable: false },
  request_conflict: { status: 409, retryable: false },
  carrier_refused: { status: 502, retryable: false },
  carrier_unavailable: { status: 502, retryable: true },
  sdp_invalid: { status: 400, retryable: false },
  session_unknown: { status: 404, retryable: false },
  peer_unknown: { status: 404, retryable: false },
  peer_failed: { status: 500, retryable: true },
  daily_refused_key: { status: 502, retryable: false },
  daily_rejected: { status: 502, retryable: false },
  daily_not_found: { status: 502, retryable: false },
  daily_rate_limited: { status: 503, retryable: true },
  daily_unavailable: { status: 502, retryable: true },
  daily_call_ended: { status: 502, retryable: true },
  browser_failed: { status: 503, retryable: true },
  model_access_denied: { status: 502, retryable: false },
  model_not_found: { status: 502, retryable: false },
  model_quota_exceeded: { status: 503, retryable: true },
  model_throttled: { status: 503, retryable: true },
  model_unavailable: { status: 503, retryable: true },
  model_timed_out: { status: 504, retryable: true },
  model_unreachable: { status: 502, retryable: true },
  model_endpoint_invalid: { status: 502, retryable: false },
  model_stream_broken: { status: 502, retryable: true },
  model_silent: { status: 504, retryable: true },
  model_stalled: { status: 504, retryable: true },
  model_deaf: { status: 504, retryable: true },
  model_down: { status: 503, retryable: true },
  model_rejected_input: { status: 502, retryable: false },
  model_history_too_big: { status: 502, retryable: true },
  credentials_unavailable: { status: 502, retryable: true },
  tool_unknown: { status: 400, retryable: false },
  tool_arguments_invalid: { status: 400, retryable: false },
  tool_timed_out: { status: 504, retryable: true },
  tool_failed: { status: 502, retryable: true },
  tool_refused: { status: 429, retryable: false },
  tool_unavailable: { status: 501, retryable: false },
  tool_unconfirmed: { status: 409, retryable: true },
  internal: { status: 500, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

/** A stable, documented name of a failure. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Every error the runtime throws on purpose. `message` is fit for an operator and holds no secret and no speech. */
export class BotError extends Error {
  readonly code: ErrorCode;
  /** HTTP status for a caller of the API. */
  readonly status: number;
  /** Whether the same attempt may succeed later, unchanged. */
  readonly retryable: boolean;
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BotError';
    this.code = code;
    this.status = ERROR_CATALOGUE[code].status;
    this.retryable = ERROR_CATALOGUE[code].retryable;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Wraps anything thrown; a BotError passes through unchanged. */
  static from(error: unknown, code: ErrorCode = 'internal', message = 'an unexpected error'): BotError {
    return error instanceof BotError ? error : new BotError(code, message, { cause: error });
  }
}
