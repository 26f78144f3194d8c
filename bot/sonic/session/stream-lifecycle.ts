/** When a stream is to be followed by the next one: from when on, and by when at the latest. On the clock's scale. */
export interface StreamLife {
  readonly prepareAtMs: number;
  readonly deadlineAtMs: number;
}

/** Where a call stands with its streams. The present stream carries the call; the next one only waits to. */
export type StreamLifecycle =
  /** No stream: before the first, or between a loss and the next attempt. */
  | { readonly kind: 'waiting'; readonly dueAtMs: number }
  /** The present stream is being opened; the caller's audio waits for it. */
  | { readonly kind: 'opening'; readonly giveUpAtMs: number }
  /** The present stream is up. */
  | { readonly kind: 'open'; readonly life: StreamLife }
  /** The present stream is up, and the next one is being opened beside it. */
  | { readonly kind: 'preparing'; readonly life: StreamLife; readonly giveUpAtMs: number }
  /** Both are up; the next one takes over as soon as nobody would notice. */
  | { readonly kind: 'prepared'; readonly life: StreamLife; readonly staleAtMs: number; readonly next: StreamLife }
  | { readonly kind: 'over' };

export type LifecycleEvent =
  /** Time has passed; `wakeAtMs` says when this is due. */
  | { readonly type: 'time' }
  /** The stream that is being opened is up. */
  | { readonly type: 'accepted'; readonly life: StreamLife }
  /** Nobody speaks, and nothing is owed to anybody. */
  | { readonly type: 'calm' }
  /** The present stream is gone; undefined: another attempt is of no use. */
  | { readonly type: 'lost'; readonly retryAfterMs: number | undefined }
  /** The next stream is gone before it was needed; undefined: another will not be had either. */
  | { readonly type: 'next-lost'; readonly retryAfterMs: number | undefined }
  | { readonly type: 'closed' };

/** What is to be done, in order. `take-over`: the next stream becomes the present one, whatever is left of that is closed. */
export type LifecycleAction =
  | { readonly do: 'open-next' | 'drop-next' | 'abort-next' | 'abort-present' | 'give-up' }
  | { readonly do: 'take-over'; readonly why: 'start' | 'calm' | 'deadline' | 'loss' };

export interface LifecycleRules {
  /** How long one attempt to open a stream may take. */
  readonly attemptTimeoutMs: number;
  /** A stream that was opened ahead and hears nothing is ended by the service; it is replaced when it waited so long. */
  readonly refreshNextMs: number;
}

export interface LifecycleStep {
  readonly state: StreamLifecycle;
  readonly actions: readonly LifecycleAction[];
}

/** Before anything has been opened: the first attempt is due at once. */
export const BEFORE_THE_FIRST: StreamLifecycle = { kind: 'waiting', dueAtMs: -Infinity };

const OPEN_NEXT = { do: 'open-next' } as const;
const DROP_NEXT = { do: 'drop-next' } as const;

/**
 * How a call outlives its streams, as one state machine without I/O for both reasons to change streams: a planned
 * rotation, before the service's eight minutes or the credentials are over, and a loss. In either case a stream is
 * opened as the next one and then takes over; a rotation only leaves time between the two.
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
      return state.kind === 'prepared'
        ? step({ kind: 'open', life: state.next }, { do: 'take-over', why: 'calm' })
        : step(state);
    case 'lost':
      return onLost(state, event.retryAfterMs, nowMs, rules);
    case 'next-lost':
      return onNextLost(state, event.retryAfterMs, nowMs);
    case 'closed':
      return state.kind === 'over' ? step(state) : step({ kind: 'over' }, DROP_NEXT);
  }
}

/** When the state is to be told of the time again; undefined when time alone changes nothing. */
export function wakeAtMs(state: StreamLifecycle): number | undefined {
  switch (state.kind) {
    case 'waiting':
      return state.dueAtMs;
    case 'opening':
      return state.giveUpAtMs;
    case 'open':
      return finite(Math.min(state.life.prepareAtMs, state.life.deadlineAtMs));
    case 'preparing':
      return finite(Math.min(state.giveUpAtMs, state.life.deadlineAtMs));
    case 'prepared':
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
        : step({ kind: 'opening', giveUpAtMs }, OPEN_NEXT, { do: 'take-over', why: 'start' });
    case 'opening':
      return nowMs < state.giveUpAtMs ? step(state) : step(state, { do: 'abort-present' });
    case 'open':
      if (nowMs >= state.life.deadlineAtMs) {
        return step({ kind: 'opening', giveUpAtMs }, OPEN_NEXT, { do: 'take-over', why: 'deadline' });
      }
      return nowMs < state.life.prepareAtMs
        ? step(state)
        : step({ kind: 'preparing', life: state.life, giveUpAtMs }, OPEN_NEXT);
    case 'preparing':
      if (nowMs >= state.life.deadlineAtMs) {
        return step({ kind: 'opening', giveUpAtMs: state.giveUpAtMs }, { do: 'take-over', why: 'deadline' });
      }
      return nowMs < state.giveUpAtMs ? step(state) : step(state, { do: 'abort-next' });
    case 'prepared':
      if (nowMs >= state.life.deadlineAtMs) {
        return step({ kind: 'open', life: state.next }, { do: 'take-over', why: 'deadline' });
      }
      return nowMs < state.staleAtMs
        ? step(state)
        : step({ kind: 'preparing', life: state.life, giveUpAtMs }, DROP_NEXT, OPEN_NEXT);
    case 'over':
      return step(state);
  }
}

function onAccepted(state: StreamLifecycle, life: StreamLife, nowMs: number, rules: LifecycleRules): LifecycleStep {
  if (state.kind === 'opening') return step({ kind: 'open', life });
  if (state.kind !== 'preparing') return step(state);
  return step({ kind: 'prepared', life: state.life, staleAtMs: nowMs + rules.refreshNextMs, next: life });
}

function onLost(
  state: StreamLifecycle,
  retryAfterMs: number | undefined,
  nowMs: number,
  rules: LifecycleRules,
): LifecycleStep {
  switch (state.kind) {
    // The next one is there already, or on its way: no pause is needed.
    case 'prepared':
      return step({ kind: 'open', life: state.next }, { do: 'take-over', why: 'loss' });
    case 'preparing':
      return step({ kind: 'opening', giveUpAtMs: nowMs + rules.attemptTimeoutMs }, { do: 'take-over', why: 'loss' });
    case 'opening':
    case 'open':
      return retryAfterMs === undefined
        ? step({ kind: 'over' }, { do: 'give-up' })
        : step({ kind: 'waiting', dueAtMs: nowMs + retryAfterMs });
    case 'waiting':
    case 'over':
      return step(state);
  }
}

function onNextLost(state: StreamLifecycle, retryAfterMs: number | undefined, nowMs: number): LifecycleStep {
  if (state.kind !== 'preparing' && state.kind !== 'prepared') return step(state);
  // Where no other can be had, the present one is left alone for as long as it lasts.
  const life =
    retryAfterMs === undefined
      ? { prepareAtMs: Infinity, deadlineAtMs: Infinity }
      : { ...state.life, prepareAtMs: nowMs + retryAfterMs };
  return step({ kind: 'open', life });
}

function step(state: StreamLifecycle, ...actions: readonly LifecycleAction[]): LifecycleStep {
  return { state, actions };
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
