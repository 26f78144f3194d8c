import type { Logger } from 'pino';
import type { BotError } from '../../errors';
import type { Clock, Timer } from '../../time';
import type { SonicCounters } from '../counters';
import type { SonicLimits } from '../limits';
import type { Effect } from '../protocol/output-reducer';
import type { SessionOptions } from '../speech-model';
import { attemptTimedOut } from '../stream/classify';
import type { StreamFailure } from '../stream/failure';
import type { StreamEnd, StreamOpener } from '../stream/model-stream';
import type { InferenceConfiguration } from '../wire';
import {
  NOT_STARTED,
  nextLifecycle,
  wakeAtMs,
  type StreamLifecycle,
  type LifecycleAction,
  type LifecycleEvent,
} from './stream-lifecycle';
import { StreamSession } from './stream-session';
import { ReconnectBudget } from './reconnect-budget';
import { lifeOf } from './rotation';

/** First pause before the standby stream is opened again; it doubles, and is jittered down to half. */
const STANDBY_RETRY_MS = 2_000;
const STANDBY_RETRY_MAX_MS = 20_000;

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

/** What a manager reports to its conversation. */
export interface StreamManagerEvents {
  /** `session` carries the call from now on and must be begun. `former` is the stream it replaces, if that was still up. */
  onPromoted(session: StreamSession, former: { readonly ageMs: number; readonly forced: boolean } | undefined): void;
  /** The active stream came up where none was: the first of the call, or the first after a loss. */
  onUp(): void;
  onEffects(effects: readonly Effect[]): void;
  /** The active stream was lost. `isReplaced`: another takes its place, at once or after a pause. */
  onLost(failure: StreamFailure, attempts: number, isReplaced: boolean): void;
  /** The active stream was lost and none will follow. */
  onGivenUp(error: BotError): void;
  /** The active stream was closed as requested. */
  onClosed(): void;
}

interface ManagedStream {
  readonly session: StreamSession;
  readonly openedAtMs: number;
  /** Connected since then, but neither accepted nor refused. */
  connectedAtMs: number | undefined;
  acceptedAtMs: number | undefined;
  /** Accepted, and not refused right after: only then does the attempt to open it count as a success. */
  isProven: boolean;
}

/** So often in a row a stream that the service refuses is opened again, in doubt whether the input is at fault. */
const MAX_DOUBTS = 3;
/** A refusal inside the stream follows its acceptance within this time. */
const PROVEN_AFTER_MS = 2_000;

/** Keeps a conversation on a live stream: owns its streams and carries out what `stream-lifecycle.ts` decides. */
export class StreamManager {
  readonly #deps: StreamManagerDeps;
  readonly #options: SessionOptions;
  readonly #events: StreamManagerEvents;
  readonly #budget: ReconnectBudget;
  readonly #draining = new Set<Promise<void>>();
  #state: StreamLifecycle = NOT_STARTED;
  #active: ManagedStream | undefined;
  #standby: ManagedStream | undefined;
  #timer: Timer | undefined;
  #hasBeenUp = false;
  #standbyFailures = 0;
  #lastFailure: BotError | undefined;
  /** Refusals in a row that may be wrong. */
  #doubts = 0;

  constructor(deps: StreamManagerDeps, options: SessionOptions, events: StreamManagerEvents) {
    this.#deps = deps;
    this.#options = options;
    this.#events = events;
    this.#budget = new ReconnectBudget(deps.limits, deps.random);
  }

  /** The stream that carries the call, if there is one. */
  get session(): StreamSession | undefined {
    return this.#active?.session;
  }

  /** Whether that stream takes audio: it is connected and has not been refused. */
  get canHear(): boolean {
    if (this.#active === undefined) return false;
    return this.#active.acceptedAtMs !== undefined || this.#active.session.progress === 'connected';
  }

  /** Why the last stream was lost, if any was. */
  get lastFailure(): BotError | undefined {
    return this.#lastFailure;
  }

  start(): void {
    this.#dispatch({ type: 'time' });
  }

  /** Call it at a steady rate; `isCalm` is only asked while a standby stream is ready. */
  tick(isCalm: () => boolean): void {
    for (const stream of [this.#active, this.#standby]) this.#watch(stream);
    if (this.#state.kind === 'standby' && isCalm()) this.#dispatch({ type: 'calm' });
  }

  /** Whether the stream opened next is the last one before the service is believed that its input is at fault. */
  get isLastDoubt(): boolean {
    return this.#doubts === MAX_DOUBTS;
  }

  /** The model answered: what was refused before was not refused for good. */
  noteAnswer(): void {
    this.#doubts = 0;
  }

  /** Treats the active stream as lost. */
  abort(failure: StreamFailure): void {
    this.#active?.session.abort(failure);
  }

  /** Closes all streams politely; `onClosed` is called if one was active. Bounded by the limit of each goodbye. */
  async close(): Promise<void> {
    const active = this.#active;
    this.#dispatch({ type: 'closed' });
    await Promise.all([active?.session.close(), ...this.#draining]);
  }

  /** Ends everything at once and reports nothing. Idempotent. */
  release(): void {
    this.#state = { kind: 'over' };
    this.#timer?.cancel();
    for (const stream of [this.#active, this.#standby]) stream?.session.detach();
    this.#active = undefined;
    this.#standby = undefined;
  }

  #dispatch(event: LifecycleEvent): void {
    const { state, actions } = nextLifecycle(this.#state, event, this.#deps.clock.nowMs(), this.#deps.limits);
    this.#state = state;
    this.#arm();
    for (const action of actions) this.#carryOut(action);
  }

  /** One timer, for whatever the state waits for. */
  #arm(): void {
    this.#timer?.cancel();
    const { clock } = this.#deps;
    const dueAtMs = wakeAtMs(this.#state);
    if (dueAtMs === undefined) return;
    this.#timer = clock.after(Math.max(0, dueAtMs - clock.nowMs()), () => this.#dispatch({ type: 'time' }));
  }

  #carryOut(action: LifecycleAction): void {
    switch (action.do) {
      case 'open-standby':
        this.#standby = this.#open();
        return;
      case 'drain-standby':
        this.#drain(this.#standby);
        this.#standby = undefined;
        return;
      case 'abort-standby':
        this.#standby?.session.abort(attemptTimedOut(this.#standby.session.progress));
        return;
      case 'abort-active':
        this.#active?.session.abort(attemptTimedOut(this.#active.session.progress));
        return;
      case 'promote':
        this.#promote(action.why === 'deadline');
        return;
      case 'give-up':
        if (this.#lastFailure !== undefined) this.#events.onGivenUp(this.#lastFailure);
    }
  }

  /** The only way in which a stream becomes active. */
  #promote(forced: boolean): void {
    const former = this.#active;
    const active = this.#standby;
    this.#active = active;
    this.#standby = undefined;
    this.#standbyFailures = 0;
    if (active === undefined) return;
    // The former one first: two open streams may exceed the account's quota.
    this.#drain(former);
    const ageMs = this.#deps.clock.nowMs() - (former?.openedAtMs ?? 0);
    this.#events.onPromoted(active.session, former === undefined ? undefined : { ageMs, forced });
    if (active.acceptedAtMs === undefined || former !== undefined) return;
    this.#hasBeenUp = true;
    this.#events.onUp();
  }

  #open(): ManagedStream {
    const { opener, clock, inference, counters } = this.#deps;
    counters.add('streamsOpened');
    const session = new StreamSession(opener, this.#options, inference, {
      onAccepted: () => this.#onAccepted(stream),
      onEffects: (effects) => {
        this.#prove(stream);
        if (stream === this.#active) this.#events.onEffects(effects);
      },
      onClose: (end) => this.#onClose(stream, end),
    });
    const stream: ManagedStream = {
      session,
      openedAtMs: clock.nowMs(),
      connectedAtMs: undefined,
      acceptedAtMs: undefined,
      isProven: false,
    };
    return stream;
  }

  #drain(stream: ManagedStream | undefined): void {
    if (stream === undefined) return;
    const gone = stream.session.drain().finally(() => this.#draining.delete(gone));
    this.#draining.add(gone);
  }

  /** The service may send its headers only with its first event: a connection not refused for a while counts as accepted. */
  #watch(stream: ManagedStream | undefined): void {
    if (stream === undefined || stream.isProven) return;
    const nowMs = this.#deps.clock.nowMs();
    if (stream.acceptedAtMs !== undefined) {
      if (nowMs - stream.acceptedAtMs >= PROVEN_AFTER_MS) this.#prove(stream);
    } else if (stream.session.progress === 'connected') {
      stream.connectedAtMs ??= nowMs;
      if (nowMs - stream.connectedAtMs >= this.#deps.limits.quietAcceptMs) this.#onAccepted(stream);
    }
  }

  #prove(stream: ManagedStream): void {
    if (stream.isProven) return;
    stream.isProven = true;
    this.#deps.onAttempt(undefined);
  }

  #onAccepted(stream: ManagedStream): void {
    if (stream.acceptedAtMs !== undefined || (stream !== this.#active && stream !== this.#standby)) return;
    const { clock, limits, random } = this.#deps;
    stream.acceptedAtMs = clock.nowMs();
    const life = lifeOf(stream.openedAtMs, stream.session.credentialsExpireAtMs, limits, random());
    this.#dispatch({ type: 'accepted', life });
    if (stream !== this.#active) return;
    this.#hasBeenUp = true;
    this.#events.onUp();
  }

  #onClose(stream: ManagedStream, end: StreamEnd): void {
    if (stream !== this.#active) {
      if (stream === this.#standby) this.#onStandbyLost(stream, end);
      return;
    }
    this.#active = undefined;
    if (end.kind === 'closed' || this.#state.kind === 'over') {
      this.#dispatch({ type: 'closed' });
      this.#events.onClosed();
      return;
    }
    const { error, recovery } = end.failure;
    const nowMs = this.#deps.clock.nowMs();
    this.#lastFailure = error;
    this.#deps.counters.add('streamsFailed');
    if (!stream.isProven) this.#deps.onAttempt(end.failure);
    if (recovery === 'doubt-input') this.#doubts += 1;
    const isFinal = recovery === 'none' || this.#doubts > MAX_DOUBTS;
    const hasStandby = this.#standby !== undefined;
    const retryAfterMs = isFinal || hasStandby ? undefined : this.#budget.take(nowMs, !this.#hasBeenUp);
    const { attempts } = this.#budget;
    this.#deps.logger.warn({ code: error.code, err: error, recovery, attempts }, 'model stream lost');
    this.#events.onLost(end.failure, attempts, hasStandby || retryAfterMs !== undefined);
    this.#dispatch({ type: 'lost', retryAfterMs });
  }

  #onStandbyLost(stream: ManagedStream, end: StreamEnd): void {
    this.#standby = undefined;
    const failure = end.kind === 'failed' ? end.failure : undefined;
    this.#deps.counters.add('nextStreamsLost');
    if (!stream.isProven && failure !== undefined) this.#deps.onAttempt(failure);
    this.#deps.logger.warn({ code: failure?.error.code, err: failure?.error }, 'next model stream lost');
    const pauseMs = Math.min(STANDBY_RETRY_MS * 2 ** this.#standbyFailures, STANDBY_RETRY_MAX_MS);
    this.#standbyFailures += 1;
    const retryAfterMs = failure?.recovery === 'none' ? undefined : pauseMs * (0.5 + this.#deps.random() / 2);
    this.#dispatch({ type: 'standby-lost', retryAfterMs });
  }
}
