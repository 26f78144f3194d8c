import { z } from 'zod';
import { BotError } from '../../../errors';
import { type Clock, RateLimit, sleep } from '../../../time';
import { isTransient, translate, type DailyFailure } from './errors';

/** Kept below Daily's limits (20/s; deletions 50 in 30 s), which are the whole account's. Source: docs.daily.co */
const REQUESTS = { burst: 20, perSecond: 15 };
const DELETIONS = { burst: 20, perSecond: 1.5 };
/** One attempt. */
const ATTEMPT_WITHIN_MS = 4_000;
/** All attempts, unless told otherwise. */
const WITHIN_MS = 6_000;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 4_000;
/** How often a request that found no token looks again. */
const TOKEN_WAIT_MS = 50;

export interface DailyRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Made anew for each attempt: one whose answer was lost may have been obeyed. */
  readonly body?: () => unknown;
  /** All attempts together, in ms. */
  readonly withinMs?: number | undefined;
}

type Attempt = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly failure: DailyFailure };

interface DailyRestOptions {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly clock: Clock;
  /** All attempts of a request that names no deadline. */
  readonly withinMs?: number | undefined;
  /** 0–1; spreads the retries of several calls. */
  readonly random?: () => number;
}

/** Daily's REST API: one request at a time is tried again while that makes sense, within a deadline and the limits. */
export class DailyRest {
  readonly #apiUrl: string;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #withinMs: number;
  readonly #requests: RateLimit;
  readonly #deletions: RateLimit;

  constructor(options: DailyRestOptions) {
    this.#apiUrl = options.apiUrl.replace(/\/$/, '');
    this.#key = options.apiKey;
    this.#clock = options.clock;
    this.#withinMs = options.withinMs ?? WITHIN_MS;
    this.#random = options.random ?? Math.random;
    this.#requests = new RateLimit({ clock: options.clock, ...REQUESTS });
    this.#deletions = new RateLimit({ clock: options.clock, ...DELETIONS });
  }

  /**
   * @returns the answer as `schema` reads it
   * @throws BotError `daily_*`; `daily_unavailable` for an answer that is not as documented, too
   */
  async request<T>(request: DailyRequest, schema: z.ZodType<T>): Promise<T> {
    const deadlineMs = this.#clock.nowMs() + (request.withinMs ?? this.#withinMs);
    let answered: DailyFailure | undefined;
    for (let attempt = 0; ; attempt += 1) {
      await this.#token(request, deadlineMs);
      const result = await this.#attempt(request, deadlineMs);
      if (result.ok) {
        const parsed = schema.safeParse(result.body);
        if (parsed.success) return parsed.data;
        throw new BotError('daily_unavailable', "Daily's answer is not as documented.");
      }
      const pauseMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt) * (0.5 + this.#random());
      const isLate = this.#clock.nowMs() + pauseMs >= deadlineMs;
      if (result.failure.kind === 'answered') answered = result.failure;
      // The last attempt is cut short by the deadline: what Daily said before tells more than that.
      if (!isTransient(result.failure) || isLate) throw translate(answered ?? result.failure);
      await sleep(this.#clock, pauseMs);
    }
  }

  async #attempt({ method, path, body }: DailyRequest, deadlineMs: number): Promise<Attempt> {
    const limitMs = Math.max(1, Math.min(ATTEMPT_WITHIN_MS, deadlineMs - this.#clock.nowMs()));
    const late = new AbortController();
    const timer = this.#clock.after(limitMs, () => late.abort());
    try {
      const response = await fetch(`${this.#apiUrl}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#key}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body()) }),
        signal: late.signal,
        redirect: 'error', // the key is for this host
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.ok) return { ok: true, body: answer };
      const { error } = errorSchema.safeParse(answer).data ?? {};
      return { ok: false, failure: { kind: 'answered', status: response.status, error } };
    } catch (error) {
      const failure: DailyFailure = late.signal.aborted ? { kind: 'timed-out' } : { kind: 'unreachable', cause: error };
      return { ok: false, failure };
    } finally {
      timer.cancel();
    }
  }

  /** Waits for its turn under the limits. @throws BotError `daily_rate_limited` when the deadline comes first */
  async #token({ method }: DailyRequest, deadlineMs: number): Promise<void> {
    const limit = method === 'DELETE' ? this.#deletions : this.#requests;
    while (!limit.take()) {
      if (this.#clock.nowMs() + TOKEN_WAIT_MS >= deadlineMs) {
        throw new BotError('daily_rate_limited', 'Too many requests to Daily wait already.', { retryAfterSeconds: 5 });
      }
      await sleep(this.#clock, TOKEN_WAIT_MS);
    }
  }
}

const errorSchema = z.object({ error: z.string() });
