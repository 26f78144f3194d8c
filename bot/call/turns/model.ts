import { isHeard, wishOf, type ModelSide, type TurnState } from './state';
import {
  greet,
  hangUp,
  NOT_EXPLAINED,
  owed,
  same,
  silence,
  step,
  tell,
  waitingOrIdle,
  withModel,
  type Event,
  type TurnStep,
} from './steps';

type Opening = Extract<Extract<ModelSide, { kind: 'holding' }>['held'], { kind: 'opening' }>;

/** A client that speaks no RTVI never says that it is ready: greeted so soon, it hears the bot before silence is ours. */
const GREET_UNASKED_AFTER_MS = 1_500;

/** Media and model are there: what the caller typed meanwhile is asked, or else the bot speaks first. */
export function onOpened(state: TurnState, nowMs: number): TurnStep {
  const { model } = state;
  if (model.kind !== 'holding' || model.held.kind !== 'opening') return same(state);
  const told = model.held.context.map((text) => ({ do: 'add-context', text }) as const);
  const opened = begin(state, model.held, model.sinceMs, nowMs);
  return step(opened.state, ...told, ...opened.effects);
}

function begin(state: TurnState, { typed, isClientReady, wish }: Opening, sinceMs: number, nowMs: number): TurnStep {
  if (typed.length > 0)
    return step({ ...state, begun: 'asked', model: owed(wish, sinceMs) }, { do: 'ask', text: typed.join('\n') });
  if (isClientReady) return greet(state, sinceMs);
  const held = { kind: 'greeting', greetAtMs: nowMs + GREET_UNASKED_AFTER_MS } as const;
  return withModel(state, { kind: 'holding', held, sinceMs });
}

export function onClientReady(state: TurnState): TurnStep {
  const { model } = state;
  if (model.kind !== 'holding') return same(state);
  if (model.held.kind === 'greeting') return greet(state, model.sinceMs);
  if (model.held.kind !== 'opening') return same(state);
  return withModel(state, { ...model, held: { ...model.held, isClientReady: true } });
}

export function onAnswer(
  state: TurnState,
  event: Event<'turn-started' | 'sentence' | 'audio' | 'turn-ended'>,
  nowMs: number,
): TurnStep {
  const { model } = state;
  if (event.kind === 'turn-started') return onTurnStarted(state, nowMs);
  const isLetThrough = model.kind === 'answering' || (model.kind === 'closing' && model.goodbye.kind === 'begun');
  if (!isLetThrough) return same(state);
  const wish = wishOf(model);
  switch (event.kind) {
    case 'sentence':
      return step(state, tell({ of: 'sentence', text: event.text, wish }));
    case 'audio': {
      if (wish === 'in-text') return same(state);
      const timed = model.kind === 'answering' ? { ...model, audioAtMs: model.audioAtMs ?? nowMs } : model;
      return step({ ...state, model: timed }, { do: 'play', pcm24k: event.pcm24k });
    }
    case 'turn-ended': {
      const next = model.kind === 'answering' ? waitingOrIdle(state, wish, nowMs) : model;
      return step({ ...state, model: next, begun: 'yes' }, tell({ of: 'turn', open: false }), {
        do: 'end-answer',
        isBroken: event.isBroken,
      });
    }
  }
}

function onTurnStarted(state: TurnState, nowMs: number): TurnStep {
  const { model, tools } = state;
  const isUnasked = (model.kind === 'idle' || model.kind === 'interrupted') && tools === 0;
  const begun = tell({ of: 'turn', open: true });
  if (model.kind === 'closing') {
    if (model.goodbye.kind !== 'asked') return same(state);
    return step({ ...state, model: { ...model, goodbye: { ...model.goodbye, kind: 'begun' } } }, begun);
  }
  const wish = isUnasked ? 'aloud' : wishOf(model);
  const answering: ModelSide = { kind: 'answering', wish, sinceMs: nowMs, audioAtMs: undefined };
  return step({ ...state, model: answering, explained: NOT_EXPLAINED }, begun);
}

/** `stream`: nobody cut the answer off, but it is lost, and will be given anew. */
export function onInterrupted(state: TurnState, by: 'caller' | 'stream', nowMs: number): TurnStep {
  const { model, tools } = state;
  if (!isHeard(state) && model.kind !== 'answering') return same(state);
  const silenced = silence(state, by, nowMs);
  if (model.kind === 'closing') return hangUp(silenced);
  if (model.kind !== 'answering' && model.kind !== 'idle') return silenced;
  const { wish } = model;
  const next: ModelSide =
    by === 'stream'
      ? owed(wish, nowMs)
      : { kind: tools > 0 ? 'waiting-for-tool' : 'interrupted', wish, sinceMs: nowMs };
  return step({ ...silenced.state, model: next }, ...silenced.effects);
}

export function onToolUsed(state: TurnState, { waiting }: Event<'tool-used'>, nowMs: number): TurnStep {
  const { model } = state;
  const used: TurnState = { ...state, tools: state.tools + 1, waiting: waiting ?? state.usualWaiting };
  switch (model.kind) {
    case 'idle':
    case 'interrupted':
    case 'answer-owed':
      return withModel(used, {
        kind: 'waiting-for-tool',
        wish: model.wish,
        sinceMs: model.kind === 'answer-owed' ? model.sinceMs : nowMs,
      });
    case 'answering':
    case 'waiting-for-tool':
    case 'holding':
    case 'closing':
      return same(used);
  }
}

export function onToolAnswered(state: TurnState, nowMs: number): TurnStep {
  const { model } = state;
  const answered: TurnState = { ...state, tools: Math.max(0, state.tools - 1) };
  if (model.kind !== 'waiting-for-tool' || answered.tools > 0) return same(answered);
  return withModel(answered, owed(model.wish, nowMs));
}

/** A stream that is lost while the caller waits does not let the wait begin anew. */
export function onReconnecting(state: TurnState, nowMs: number): TurnStep {
  const { model } = state;
  if (model.kind === 'holding' || model.kind === 'closing') return same(state);
  const isAwaited = model.kind !== 'idle' && model.kind !== 'interrupted';
  return withModel(state, {
    kind: 'holding',
    held: { kind: 'reconnecting', isOwed: false, wish: model.wish },
    sinceMs: isAwaited ? model.sinceMs : nowMs,
  });
}

export function onAskedAgain(state: TurnState, nowMs: number): TurnStep {
  const { model } = state;
  if (model.kind === 'closing') return same(state);
  if (model.kind === 'holding' && model.held.kind === 'reconnecting')
    return withModel(state, { ...model, held: { ...model.held, isOwed: true } });
  return withModel(state, owed(wishOf(model), nowMs));
}

export function onReconnected(state: TurnState, nowMs: number): TurnStep {
  const { model } = state;
  if (model.kind !== 'holding' || model.held.kind !== 'reconnecting') return same(state);
  const { isOwed, wish } = model.held;
  return withModel(state, isOwed ? owed(wish, model.sinceMs) : waitingOrIdle(state, wish, nowMs));
}
