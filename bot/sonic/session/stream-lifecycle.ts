/** When a stream should be replaced: a standby is opened from `prepareAtMs` on, and promoted by `deadlineAtMs` at the latest. */
export interface StreamLife {
  readonly prepareAtMs: number;
  readonly deadlineAtMs: number;
}

/** Which streams a call has. The active one carries the call; the standby is open and waits to be promoted. */
export type StreamLifecycle =
  /** No stream: before the first attempt, or between a loss and the next attempt. */
  | { readonly kind: 'waiting'; readonly dueAtMs: number }
  /** The active stream is being opened; the caller's audio waits for it. */
  | { readonly kind: 'opening'; readonly giveUpAtMs: number }
  /** The active stream is up. */
  | { readonly kind: 'active'; readonly life: StreamLife }
  /** The active stream is up, and a standby is being opened beside it. */
  | { readonly kind: 'preparing'; readonly life: StreamLife; readonly giveUpAtMs: number }
  /** Both are up; the standby is promoted as soon as nobody would notice. */
  | { readonly kind: 'standby'; readonly life: StreamLife; readonly staleAtMs: number; readonly standby: StreamLife }
  | { readonly kind: 'over' };

export type LifecycleEvent =
  /** Time has passed; `wakeAtMs` says when this is due. */
  | { readonly type: 'time' }
  /** The stream being opened is up. */
  | { readonly type: 'accepted'; readonly life: StreamLife }
  /** Nobody speaks and no answer is owed. */
  | { readonly type: 'calm' }
  /** The active stream was lost; undefined: another attempt is pointless. */
  | { readonly type: 'lost'; readonly retryAfterMs: number | undefined }
  /** The stream promoted last was refused, and the one before carries the call again; undefined: as for `standby-lost`. */
  | { readonly type: 'returned'; readonly life: StreamLife; readonly retryAfterMs: number | undefined }
  /** The service may soon end the stream for its silence: another is wanted. */
  | { readonly type: 'quiet' }
  /** The active stream is to be left for one that is opened otherwise. */
  | { readonly type: 'replace' }
  /** The standby was lost before it was needed; undefined: no other can be opened either. */
  | { readonly type: 'standby-lost'; readonly retryAfterMs: number | undefined }
  | { readonly type: 'closed' };

/** What to do, in order. `promote`: the standby becomes the active stream; a former active stream that is still up is drained. */
export type LifecycleAction =
  | { readonly do: 'open-standby' | 'drain-standby' | 'abort-standby' | 'abort-active' | 'give-up' }
  | { readonly do: 'promote'; readonly why: 'start' | 'calm' | 'deadline' | 'loss' };

export interface LifecycleRules {
  /** How long one attempt to open a stream may take. */
  readonly attemptTimeoutMs: number;
  /** The service ends a stream that hears nothing, so a standby of this age is replaced. */
  readonly refreshStandbyMs: number;
}

export interface LifecycleStep {
  readonly state: StreamLifecycle;
  readonly actions: readonly LifecycleAction[];
}

/** Before anything was opened: the first attempt is due at once. */
export const NOT_STARTED: StreamLifecycle = { kind: 'waiting', dueAtMs: -Infinity };

const OPEN_STANDBY = { do: 'open-standby' } as const;
const DRAIN_STANDBY = { do: 'drain-standby' } as const;

/**
 * How a call outlives its streams: a state machine without I/O for both reasons to change streams, a planned rotation
 * (before the service's eight minutes or the credentials run out) and a loss. Either way a stream is opened as standby
 * and then promoted; a rotation merely leaves time between the two.
 */
export function nextLifecycle(
  state: StreamLifecycle,
  event: LifecycleEvent,
  nowMs: number,
  rules: LifecycleRules,
): LifecycleStep {
  switch (event.type) {
    case 'time':
      return onTime(state, nowMs, rules);
    case 'accepted':
      return onAccepted(state, event.life, nowMs, rules);
    case 'calm':
      return state.kind === 'standby'
        ? step({ kind: 'active', life: state.standby }, { do: 'promote', why: 'calm' })
        : step(state);
    case 'lost':
      return onLost(state, event.retryAfterMs, nowMs, rules);
    case 'standby-lost':
      return onStandbyLost(state, event.retryAfterMs, nowMs);
    case 'returned':
      return state.kind === 'active' ? step(activeAgain(event.life, event.retryAfterMs, nowMs)) : step(state);
    case 'quiet':
      return state.kind === 'active'
        ? step({ kind: 'preparing', life: state.life, giveUpAtMs: nowMs + rules.attemptTimeoutMs }, OPEN_STANDBY)
        : step(state);
    case 'replace':
      return onReplace(state, nowMs + rules.attemptTimeoutMs);
    case 'closed':
      return state.kind === 'over' ? step(state) : step({ kind: 'over' }, DRAIN_STANDBY);
  }
}

/** When the next `time` event is due; undefined when time alone changes nothing. */
export function wakeAtMs(state: StreamLifecycle): number | undefined {
  switch (state.kind) {
    case 'waiting':
      return state.dueAtMs;
    case 'opening':
      return state.giveUpAtMs;
    case 'active':
      return finite(Math.min(state.life.prepareAtMs, state.life.deadlineAtMs));
    case 'preparing':
      return finite(Math.min(state.giveUpAtMs, state.life.deadlineAtMs));
    case 'standby':
      return finite(Math.min(state.staleAtMs, state.life.deadlineAtMs));
    case 'over':
      return undefined;
  }
}

function onTime(state: StreamLifecycle, nowMs: number, rules: LifecycleRules): LifecycleStep {
  const giveUpAtMs = nowMs + rules.attemptTimeoutMs;
  switch (state.kind) {
    case 'waiting':
      return nowMs < state.dueAtMs
        ? step(state)
        : step({ kind: 'opening', giveUpAtMs }, OPEN_STANDBY, { do: 'promote', why: 'start' });
    case 'opening':
      return nowMs < state.giveUpAtMs ? step(state) : step(state, { do: 'abort-active' });
    case 'active':
      if (nowMs >= state.life.deadlineAtMs) {
        return step({ kind: 'opening', giveUpAtMs }, OPEN_STANDBY, { do: 'promote', why: 'deadline' });
      }
      return nowMs < state.life.prepareAtMs
        ? step(state)
        : step({ kind: 'preparing', life: state.life, giveUpAtMs }, OPEN_STANDBY);
    case 'preparing':
      if (nowMs >= state.life.deadlineAtMs) {
        return step({ kind: 'opening', giveUpAtMs: state.giveUpAtMs }, { do: 'promote', why: 'deadline' });
      }
      return nowMs < state.giveUpAtMs ? step(state) : step(state, { do: 'abort-standby' });
    case 'standby':
      if (nowMs >= state.life.deadlineAtMs) {
        return step({ kind: 'active', life: state.standby }, { do: 'promote', why: 'deadline' });
      }
      return nowMs < state.staleAtMs
        ? step(state)
        : step({ kind: 'preparing', life: state.life, giveUpAtMs }, DRAIN_STANDBY, OPEN_STANDBY);
    case 'over':
      return step(state);
  }
}

/** A standby that was opened as before is of no use. */
function onReplace(state: StreamLifecycle, giveUpAtMs: number): LifecycleStep {
  switch (state.kind) {
    case 'active':
      return step({ kind: 'preparing', life: state.life, giveUpAtMs }, OPEN_STANDBY);
    case 'preparing':
    case 'standby':
      return step({ kind: 'preparing', life: state.life, giveUpAtMs }, DRAIN_STANDBY, OPEN_STANDBY);
    // Whatever is opened next is opened as it is wanted now.
    case 'waiting':
    case 'opening':
    case 'over':
      return step(state);
  }
}

function onAccepted(state: StreamLifecycle, life: StreamLife, nowMs: number, rules: LifecycleRules): LifecycleStep {
  if (state.kind === 'opening') return step({ kind: 'active', life });
  if (state.kind !== 'preparing') return step(state);
  return step({ kind: 'standby', life: state.life, staleAtMs: nowMs + rules.refreshStandbyMs, standby: life });
}

function onLost(
  state: StreamLifecycle,
  retryAfterMs: number | undefined,
  nowMs: number,
  rules: LifecycleRules,
): LifecycleStep {
  switch (state.kind) {
    // A standby is up or on its way: no pause is needed.
    case 'standby':
      return step({ kind: 'active', life: state.standby }, { do: 'promote', why: 'loss' });
    case 'preparing':
      return step({ kind: 'opening', giveUpAtMs: nowMs + rules.attemptTimeoutMs }, { do: 'promote', why: 'loss' });
    case 'opening':
    case 'active':
      return retryAfterMs === undefined
        ? step({ kind: 'over' }, { do: 'give-up' })
        : step({ kind: 'waiting', dueAtMs: nowMs + retryAfterMs });
    case 'waiting':
    case 'over':
      return step(state);
  }
}

function onStandbyLost(state: StreamLifecycle, retryAfterMs: number | undefined, nowMs: number): LifecycleStep {
  if (state.kind !== 'preparing' && state.kind !== 'standby') return step(state);
  return step(activeAgain(state.life, retryAfterMs, nowMs));
}

/** If no other can be opened, the active one is kept for as long as it lasts. */
function activeAgain(life: StreamLife, retryAfterMs: number | undefined, nowMs: number): StreamLifecycle {
  return retryAfterMs === undefined
    ? { kind: 'active', life: { prepareAtMs: Infinity, deadlineAtMs: Infinity } }
    : { kind: 'active', life: { ...life, prepareAtMs: nowMs + retryAfterMs } };
}

function step(state: StreamLifecycle, ...actions: readonly LifecycleAction[]): LifecycleStep {
  return { state, actions };
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
