import type { Clock, Timer } from '../time';
import type { ErrorCode } from '../errors';
import type { ModelHealth } from './speech-model';
import type { StreamFailure } from './stream/failure';

export interface BreakerRules {
  /** So many attempts in a row, of whatever calls, that came to nothing: the model is down. */
  readonly breakAfterFailures: number;
  /** Failures further apart than this are no row. */
  readonly breakWindowMs: number;
  /** How long to wait before the model is probed; doubles with each probe that fails, up to the longest. */
  readonly breakForMs: number;
  readonly breakForMaxMs: number;
}

const DEFAULT_BREAKER: BreakerRules = {
  breakAfterFailures: 5,
  breakWindowMs: 60_000,
  breakForMs: 3_000,
  breakForMaxMs: 30_000,
};

/** Failures that say something of the service, and not of one call. */
const OF_THE_SERVICE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'model_access_denied',
  'model_not_found',
  'model_endpoint_invalid',
  'model_quota_exceeded',
  'model_throttled',
  'model_unavailable',
  'model_timed_out',
  'model_unreachable',
  'model_stream_broken',
  'model_stalled',
  'credentials_unavailable',
]);

type State =
  | { readonly kind: 'closed'; readonly failures: number; readonly lastAtMs: number }
  /** New calls are refused until a probe succeeds. */
  | { readonly kind: 'open'; readonly cause: StreamFailure; readonly probes: number; readonly probeAtMs: number }
  | { readonly kind: 'half-open'; readonly cause: StreamFailure; readonly probes: number };

const CLOSED: State = { kind: 'closed', failures: 0, lastAtMs: -Infinity };

/** Tells of each change: `open` with the code of what failed last. */
type BreakerListener = (state: 'open' | 'closed', code: ErrorCode | undefined) => void;

interface BreakerOptions {
  readonly clock: Clock;
  readonly rules?: Partial<BreakerRules>;
  /** Tries to open a stream; resolves with why it could not, undefined when it could. Never rejects. */
  readonly probe: () => Promise<StreamFailure | undefined>;
  readonly onChange: BreakerListener;
}

/**
 * A circuit breaker over all calls of a process. When the model is down, callers are refused at once instead of being
 * made to wait for an apology, and no caller is used to find out whether it is back: a stream of our own is opened for
 * that. Calls under way try on by themselves; the first stream that comes about for any of them closes it, too.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #rules: BreakerRules;
  #state: State = CLOSED;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#rules = { ...DEFAULT_BREAKER, ...options.rules };
  }

  get health(): ModelHealth {
    if (this.#state.kind === 'closed') return { ok: true };
    const { cause } = this.#state;
    const probeAtMs = this.#state.kind === 'open' ? this.#state.probeAtMs : this.#options.clock.nowMs();
    return {
      ok: false,
      detail: `The model cannot be had (${cause.error.code}): ${cause.error.message}`,
      retryAfterMs: Math.max(1_000, probeAtMs - this.#options.clock.nowMs()),
    };
  }

  /** An attempt to open a stream has come to its end; undefined: it came about. */
  onAttempt(failure: StreamFailure | undefined): void {
    if (this.#isStopped) return;
    if (failure === undefined) this.#close();
    else if (OF_THE_SERVICE.has(failure.error.code)) this.#count(failure);
  }

  /** No more probes. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #count(failure: StreamFailure): void {
    if (this.#state.kind !== 'closed') return;
    const nowMs = this.#options.clock.nowMs();
    const { failures: before, lastAtMs } = this.#state;
    const failures = nowMs - lastAtMs > this.#rules.breakWindowMs ? 1 : before + 1;
    if (failures < this.#rules.breakAfterFailures) this.#state = { kind: 'closed', failures, lastAtMs: nowMs };
    else this.#open(failure, 0);
  }

  #open(cause: StreamFailure, probes: number): void {
    const isNews = this.#state.kind === 'closed';
    const { breakForMs, breakForMaxMs } = this.#rules;
    const waitMs = Math.min(breakForMs * 2 ** probes, breakForMaxMs);
    this.#state = { kind: 'open', cause, probes, probeAtMs: this.#options.clock.nowMs() + waitMs };
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(waitMs, () => void this.#try());
    if (isNews) this.#options.onChange('open', cause.error.code);
  }

  async #try(): Promise<void> {
    if (this.#state.kind !== 'open') return;
    const { cause, probes } = this.#state;
    this.#state = { kind: 'half-open', cause, probes };
    const failure = await this.#options.probe();
    // A call may have closed it meanwhile.
    if (this.#isStopped || this.health.ok) return;
    if (failure === undefined) this.#close();
    else this.#open(failure, probes + 1);
  }

  #close(): void {
    const wasClosed = this.#state.kind === 'closed';
    this.#state = CLOSED;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!wasClosed) this.#options.onChange('closed', undefined);
  }
}
