import type { Logger } from 'pino';
import type { BotError } from '../../errors';
import type { Clock, Timer } from '../../time/clock';
import type { SonicCounters } from '../counters';
import type { SonicLimits } from '../limits';
import type { Effect } from '../protocol/output-reducer';
import type { SessionOptions } from '../speech-model';
import { attemptTimedOut, type StreamFailure } from '../stream/classify';
import type { StreamEnd, StreamOpener } from '../stream/model-stream';
import type { InferenceConfiguration } from '../wire';
import {
  BEFORE_THE_FIRST,
  nextLifecycle,
  wakeAtMs,
  type StreamLifecycle,
  type LifecycleAction,
  type LifecycleEvent,
} from './stream-lifecycle';
import { StreamSession } from './stream-session';
import { ReconnectBudget } from './reconnect-budget';
import { lifeOf } from './rotation';

/** First pause before the next stream is tried again; it doubles, and is jittered down to half. */
const NEXT_RETRY_MS = 2_000;
const NEXT_RETRY_MAX_MS = 20_000;

export interface StreamManagerDeps {
  readonly opener: StreamOpener;
  readonly clock: Clock;
  readonly limits: SonicLimits;
  readonly inference: InferenceConfiguration;
  readonly counters: SonicCounters;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Hears how each attempt to open a stream went; undefined: it came about, and lasted for a moment. */
  readonly onAttempt: (failure: StreamFailure | undefined) => void;
}

/** What the keeper tells its conversation. */
export interface StreamManagerEvents {
  /** `link` carries the call from now on, and is to be begun. `former` is the one before, if there still was one. */
  onTakeOver(link: StreamSession, former: { readonly ageMs: number; readonly forced: boolean } | undefined): void;
  /** The present stream is up, after none was: for the first time, or after a loss. */
  onUp(): void;
  onEffects(effects: readonly Effect[]): void;
  /** The present stream is gone. `isReplaced`: another takes its place, at once or soon. */
  onLost(failure: StreamFailure, attempts: number, isReplaced: boolean): void;
  /** The present stream is gone and none will follow. */
  onGivenUp(error: BotError): void;
  /** The present stream ended as it was asked to. */
  onClosed(): void;
}

interface ManagedStream {
  readonly link: StreamSession;
  readonly openedAtMs: number;
  /** Since when it has been connected without a word, while it is not accepted. */
  connectedAtMs: number | undefined;
  acceptedAtMs: number | undefined;
  /** It was accepted and did not end at once: only then did the attempt to open it come about. */
  isProven: boolean;
}

/** A refusal that comes inside the stream comes at once. */
const PROVEN_AFTER_MS = 2_000;

/**
 * Keeps a live stream under a conversation: owns the streams, present, next and retiring, and carries out what the
 * state machine of `continuation.ts` decides.
 */
export class StreamManager {
  readonly #deps: StreamManagerDeps;
  readonly #options: SessionOptions;
  readonly #events: StreamManagerEvents;
  readonly #budget: ReconnectBudget;
  readonly #retiring = new Set<Promise<void>>();
  #state: StreamLifecycle = BEFORE_THE_FIRST;
  #present: ManagedStream | undefined;
  #next: ManagedStream | undefined;
  #timer: Timer | undefined;
  #hasBeenUp = false;
  #nextFailures = 0;
  #lastFailure: BotError | undefined;

  constructor(deps: StreamManagerDeps, options: SessionOptions, events: StreamManagerEvents) {
    this.#deps = deps;
    this.#options = options;
    this.#events = events;
    this.#budget = new ReconnectBudget(deps.limits, deps.random);
  }

  /** The stream that carries the call, if there is one. */
  get link(): StreamSession | undefined {
    return this.#present?.link;
  }

  /** Whether that stream is up, or may be: connected and not refused. */
  get canHear(): boolean {
    const progress = this.#present?.link.progress;
    return progress === 'connected' || progress === 'accepted';
  }

  get kind(): StreamLifecycle['kind'] {
    return this.#state.kind;
  }

  /** Why the last stream was lost, if any was. */
  get lastFailure(): BotError | undefined {
    return this.#lastFailure;
  }

  start(): void {
    this.#dispatch({ type: 'time' });
  }

  /** To be called in a steady beat; `isCalm` is asked only when it matters. */
  tick(isCalm: () => boolean): void {
    for (const kept of [this.#present, this.#next]) this.#watch(kept);
    if (this.#state.kind === 'prepared' && isCalm()) this.#dispatch({ type: 'calm' });
  }

  /** Gives the present stream up, as lost. */
  abort(failure: StreamFailure): void {
    this.#present?.link.abort(failure);
  }

  /** Ends all streams politely; `onClosed` is called when there was a present one. Bounded by the goodbyes. */
  async close(): Promise<void> {
    const present = this.#present;
    this.#dispatch({ type: 'closed' });
    await Promise.all([present?.link.close(), ...this.#retiring]);
  }

  /** Ends everything at once, without a word to anybody. Idempotent. */
  release(): void {
    this.#state = { kind: 'over' };
    this.#timer?.cancel();
    for (const kept of [this.#present, this.#next]) kept?.link.detach();
    this.#present = undefined;
    this.#next = undefined;
  }

  #dispatch(event: LifecycleEvent): void {
    const { state, actions } = nextLifecycle(this.#state, event, this.#deps.clock.nowMs(), this.#deps.limits);
    this.#state = state;
    this.#arm();
    for (const action of actions) this.#carryOut(action);
  }

  /** One timer: for whatever the state waits for next. */
  #arm(): void {
    this.#timer?.cancel();
    const dueAtMs = wakeAtMs(this.#state);
    this.#timer =
      dueAtMs === undefined
        ? undefined
        : this.#deps.clock.after(Math.max(0, dueAtMs - this.#deps.clock.nowMs()), () =>
            this.#dispatch({ type: 'time' }),
          );
  }

  #carryOut(action: LifecycleAction): void {
    switch (action.do) {
      case 'open-next':
        this.#next = this.#open();
        return;
      case 'drop-next':
        this.#retire(this.#next);
        this.#next = undefined;
        return;
      case 'abort-next':
        this.#next?.link.abort(attemptTimedOut(this.#next.link.progress));
        return;
      case 'abort-present':
        this.#present?.link.abort(attemptTimedOut(this.#present.link.progress));
        return;
      case 'take-over':
        this.#takeOver(action.why === 'deadline');
        return;
      case 'give-up':
        if (this.#lastFailure !== undefined) this.#events.onGivenUp(this.#lastFailure);
    }
  }

  /** The one way in which a stream becomes the one that carries the call. */
  #takeOver(forced: boolean): void {
    const former = this.#present;
    const present = this.#next;
    this.#present = present;
    this.#next = undefined;
    this.#nextFailures = 0;
    if (present === undefined) return;
    // The old one first: two streams at a time may be one more than the account's quota.
    this.#retire(former);
    const ageMs = this.#deps.clock.nowMs() - (former?.openedAtMs ?? 0);
    this.#events.onTakeOver(present.link, former === undefined ? undefined : { ageMs, forced });
    if (present.acceptedAtMs === undefined || former !== undefined) return;
    this.#hasBeenUp = true;
    this.#events.onUp();
  }

  #open(): ManagedStream {
    const { opener, clock, inference, counters } = this.#deps;
    counters.add('streamsOpened');
    const link = new StreamSession(opener, this.#options, inference, {
      onAccepted: () => this.#onAccepted(kept),
      onEffects: (effects) => {
        this.#prove(kept);
        if (kept === this.#present) this.#events.onEffects(effects);
      },
      onClose: (end) => this.#onClose(kept, end),
    });
    const kept: ManagedStream = {
      link,
      openedAtMs: clock.nowMs(),
      connectedAtMs: undefined,
      acceptedAtMs: undefined,
      isProven: false,
    };
    return kept;
  }

  #retire(kept: ManagedStream | undefined): void {
    if (kept === undefined) return;
    const gone = kept.link.retire().finally(() => this.#retiring.delete(gone));
    this.#retiring.add(gone);
  }

  /** The service may send its headers only with its first event: a connection that is not refused for long will do. */
  #watch(kept: ManagedStream | undefined): void {
    if (kept === undefined || kept.isProven) return;
    const nowMs = this.#deps.clock.nowMs();
    if (kept.acceptedAtMs !== undefined) {
      if (nowMs - kept.acceptedAtMs >= PROVEN_AFTER_MS) this.#prove(kept);
    } else if (kept.link.progress === 'connected') {
      kept.connectedAtMs ??= nowMs;
      if (nowMs - kept.connectedAtMs >= this.#deps.limits.quietAcceptMs) this.#onAccepted(kept);
    }
  }

  #prove(kept: ManagedStream): void {
    if (kept.isProven) return;
    kept.isProven = true;
    this.#deps.onAttempt(undefined);
  }

  #onAccepted(kept: ManagedStream): void {
    if (kept.acceptedAtMs !== undefined || (kept !== this.#present && kept !== this.#next)) return;
    const { clock, limits, random } = this.#deps;
    kept.acceptedAtMs = clock.nowMs();
    const life = lifeOf(kept.openedAtMs, kept.link.credentialsExpireAtMs, limits, random());
    this.#dispatch({ type: 'accepted', life });
    if (kept !== this.#present) return;
    this.#hasBeenUp = true;
    this.#events.onUp();
  }

  #onClose(kept: ManagedStream, end: StreamEnd): void {
    if (kept !== this.#present) {
      if (kept === this.#next) this.#onNextLost(kept, end);
      return;
    }
    this.#present = undefined;
    if (end.kind === 'closed' || this.#state.kind === 'over') {
      this.#dispatch({ type: 'closed' });
      this.#events.onClosed();
      return;
    }
    const { error, recovery } = end.failure;
    const nowMs = this.#deps.clock.nowMs();
    this.#lastFailure = error;
    this.#deps.counters.add('streamsFailed');
    if (!kept.isProven) this.#deps.onAttempt(end.failure);
    const hasNext = this.#next !== undefined;
    const retryAfterMs = recovery === 'none' || hasNext ? undefined : this.#budget.take(nowMs, !this.#hasBeenUp);
    const { attempts } = this.#budget;
    this.#deps.logger.warn({ code: error.code, err: error, recovery, attempts }, 'model stream lost');
    this.#events.onLost(end.failure, attempts, hasNext || retryAfterMs !== undefined);
    this.#dispatch({ type: 'lost', retryAfterMs });
  }

  #onNextLost(kept: ManagedStream, end: StreamEnd): void {
    this.#next = undefined;
    const failure = end.kind === 'failed' ? end.failure : undefined;
    this.#deps.counters.add('nextStreamsLost');
    if (!kept.isProven && failure !== undefined) this.#deps.onAttempt(failure);
    this.#deps.logger.warn({ code: failure?.error.code, err: failure?.error }, 'next model stream lost');
    const pauseMs = Math.min(NEXT_RETRY_MS * 2 ** this.#nextFailures, NEXT_RETRY_MAX_MS);
    this.#nextFailures += 1;
    const retryAfterMs = failure?.recovery === 'none' ? undefined : pauseMs * (0.5 + this.#deps.random() / 2);
    this.#dispatch({ type: 'next-lost', retryAfterMs });
  }
}
