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
  type StreamLife,
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
  /** A stream was lost that had been told what was said: whether another may do better. Asked once, before anything else. */
  mayGoOn(failure: StreamFailure): boolean;
  /** The stream promoted last was refused before it did anything, and the one that it had replaced carries the call again. */
  onReturned(): void;
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
  /** When it should be replaced; known once it is accepted. */
  life: StreamLife | undefined;
  /** Accepted, and not refused right after: only then does the attempt to open it count as a success. */
  isProven: boolean;
}

/** A refusal inside the stream follows its acceptance within this time. */
const PROVEN_AFTER_MS = 2_000;

/** Keeps a conversation on a live stream: owns its streams and carries out what `stream-lifecycle.ts` decides. */
export class StreamManager {
  readonly #deps: StreamManagerDeps;
  #options: SessionOptions;
  readonly #events: StreamManagerEvents;
  readonly #budget: ReconnectBudget;
  readonly #draining = new Set<Promise<void>>();
  #state: StreamLifecycle = NOT_STARTED;
  #active: ManagedStream | undefined;
  #standby: ManagedStream | undefined;
  /** What the active stream replaced, kept until that has shown, or had the time, to have taken what it was told. */
  #former: { readonly stream: ManagedStream; readonly sinceMs: number } | undefined;
  #timer: Timer | undefined;
  #hasBeenUp = false;
  /** The active stream is to be left at once, and not to be gone back to. */
  #isReplacing = false;
  #standbyFailures = 0;
  #lastFailure: BotError | undefined;
  /** When the caller last spoke or typed, as far as the active stream knows. */
  #lastInputAtMs = Infinity;

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
    const { clock, limits } = this.#deps;
    const nowMs = clock.nowMs();
    if (this.#former !== undefined && nowMs - this.#former.sinceMs >= limits.keepFormerMs) this.#leaveFormer();
    if (this.#state.kind === 'active' && nowMs - this.#lastInputAtMs >= limits.rotateQuietMs)
      this.#dispatch({ type: 'quiet' });
    if (this.#state.kind === 'standby' && this.#former === undefined && isCalm()) this.#dispatch({ type: 'calm' });
  }

  /** The caller spoke or typed: the service counts no silence. */
  noteInput(): void {
    this.#lastInputAtMs = this.#deps.clock.nowMs();
  }

  /**
   * Opens streams so from now on, the next one at once. `isLeft`: the active one is not gone back to once that has taken over.
   */
  replace(options: SessionOptions, isLeft: boolean): void {
    this.#options = options;
    this.#isReplacing = isLeft;
    this.#standbyFailures = 0;
    this.#leaveFormer();
    this.#dispatch({ type: 'replace' });
  }

  /** Treats the active stream as lost. */
  abort(failure: StreamFailure): void {
    this.#active?.session.abort(failure);
  }

  /** Closes all streams politely; `onClosed` is called if one was active. Bounded by the limit of each goodbye. */
  async close(): Promise<void> {
    const active = this.#active;
    this.#leaveFormer();
    this.#dispatch({ type: 'closed' });
    await Promise.all([active?.session.close(), ...this.#draining]);
  }

  /** Ends everything at once and reports nothing. Idempotent. */
  release(): void {
    this.#state = { kind: 'over' };
    this.#timer?.cancel();
    for (const stream of [this.#active, this.#standby, this.#former?.stream]) stream?.session.detach();
    this.#active = undefined;
    this.#standby = undefined;
    this.#former = undefined;
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
    const nowMs = this.#deps.clock.nowMs();
    this.#lastInputAtMs = nowMs;
    this.#leaveFormer();
    // In the middle of something the former one's state would be of no use.
    if (forced || this.#isReplacing) this.#drain(former);
    else if (former !== undefined) this.#former = { stream: former, sinceMs: nowMs };
    this.#isReplacing = false;
    const ageMs = nowMs - (former?.openedAtMs ?? 0);
    this.#events.onPromoted(active.session, former === undefined ? undefined : { ageMs, forced });
    if (active.acceptedAtMs === undefined || former !== undefined) return;
    this.#hasBeenUp = true;
    this.#events.onUp();
  }

  #open(): ManagedStream {
    const { opener, clock, inference, counters } = this.#deps;
    counters.add('streamsOpened');
    const { currentTools, tools } = this.#options;
    const options = { ...this.#options, tools: currentTools?.() ?? tools };
    const session = new StreamSession(opener, options, inference, {
      onAccepted: () => this.#onAccepted(stream),
      onEffects: (effects) => {
        this.#prove(stream);
        if (stream !== this.#active) return;
        if (effects.some(({ type }) => type !== 'usage' && type !== 'ignored')) this.#leaveFormer();
        this.#events.onEffects(effects);
      },
      onClose: (end) => this.#onClose(stream, end),
    });
    const stream: ManagedStream = {
      session,
      openedAtMs: clock.nowMs(),
      connectedAtMs: undefined,
      acceptedAtMs: undefined,
      life: undefined,
      isProven: false,
    };
    return stream;
  }

  #leaveFormer(): void {
    this.#drain(this.#former?.stream);
    this.#former = undefined;
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
    stream.life = lifeOf(stream.openedAtMs, stream.session.credentialsExpireAtMs, limits, random());
    this.#dispatch({ type: 'accepted', life: stream.life });
    if (stream !== this.#active) return;
    this.#hasBeenUp = true;
    this.#events.onUp();
  }

  #onClose(stream: ManagedStream, end: StreamEnd): void {
    if (stream !== this.#active) {
      if (stream === this.#former?.stream) this.#former = undefined;
      if (stream === this.#standby) {
        this.#standby = undefined;
        const retryAfterMs = this.#onNextLost(stream, end, end.kind !== 'failed' || end.failure.recovery !== 'none');
        this.#dispatch({ type: 'standby-lost', retryAfterMs });
      }
      return;
    }
    this.#active = undefined;
    if (end.kind === 'closed' || this.#state.kind === 'over') {
      this.#dispatch({ type: 'closed' });
      this.#events.onClosed();
      return;
    }
    const { error, recovery } = end.failure;
    const mayGoOn = this.#events.mayGoOn(end.failure);
    if (this.#former !== undefined) {
      this.#return(this.#former.stream, stream, end, mayGoOn);
      return;
    }
    const nowMs = this.#deps.clock.nowMs();
    this.#lastFailure = error;
    this.#deps.counters.add('streamsFailed');
    if (!stream.isProven) this.#deps.onAttempt(end.failure);
    const hasStandby = this.#standby !== undefined;
    const retryAfterMs = !mayGoOn || hasStandby ? undefined : this.#budget.take(nowMs, !this.#hasBeenUp);
    const { attempts } = this.#budget;
    this.#deps.logger.warn({ code: error.code, err: error, recovery, attempts }, 'model stream lost');
    this.#events.onLost(end.failure, attempts, hasStandby || retryAfterMs !== undefined);
    this.#dispatch({ type: 'lost', retryAfterMs });
  }

  /** The next one was lost while the former could still be had: nobody need notice. */
  #return(former: ManagedStream, refused: ManagedStream, end: StreamEnd, mayGoOn: boolean): void {
    this.#former = undefined;
    this.#active = former;
    const retryAfterMs = this.#onNextLost(refused, end, mayGoOn);
    const life = former.life ?? { prepareAtMs: Infinity, deadlineAtMs: Infinity };
    this.#dispatch({ type: 'returned', life, retryAfterMs });
    this.#events.onReturned();
  }

  /** @returns the pause before the next one is opened */
  #onNextLost(stream: ManagedStream, end: StreamEnd, mayGoOn: boolean): number | undefined {
    const failure = end.kind === 'failed' ? end.failure : undefined;
    this.#deps.counters.add('nextStreamsLost');
    if (!stream.isProven && failure !== undefined) this.#deps.onAttempt(failure);
    this.#deps.logger.warn({ code: failure?.error.code, err: failure?.error }, 'next model stream lost');
    const pauseMs = Math.min(STANDBY_RETRY_MS * 2 ** this.#standbyFailures, STANDBY_RETRY_MAX_MS);
    this.#standbyFailures += 1;
    return mayGoOn ? pauseMs * (0.5 + this.#deps.random() / 2) : undefined;
  }
}
