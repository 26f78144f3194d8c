import { isHeard, type ModelSide, type TurnEffect, type TurnState } from './state';
import { NOT_EXPLAINED, owed, same, silence, step, tell, type Event, type TurnStep } from './steps';

/** Typed before the model is open; more is refused, as no person does that. */
const MAX_TYPED_EARLY = 8;
/** The model writes words down about so long after they were said. */
const WORDS_TAKE_MS = 1_000;
/** Loudspeaker, room and network bring the bot's own voice back for so long after its end. */
const ECHO_MS = 1_000;

/**
 * Presence is words, typed text or a click. A voice alone may be the bot's own echo, so it counts only where the bot has
 * been silent for a while.
 */
export function onCaller(
  state: TurnState,
  event: Event<'caller-started' | 'caller-stopped' | 'muted'>,
  nowMs: number,
): TurnStep {
  const { caller, ear } = state;
  const isSpeaking = caller.kind === 'speaking';
  const stopped: readonly TurnEffect[] = isSpeaking ? [tell({ of: 'caller-speaking', speaking: false })] : [];
  switch (event.kind) {
    case 'caller-started': {
      const isPresent = ear.kind === 'quiet' && nowMs - ear.sinceMs >= ECHO_MS;
      const isAskedWhetherThere = state.isAskedWhetherThere && !isPresent;
      const speaking: TurnState = { ...state, caller: { kind: 'speaking' }, isAskedWhetherThere };
      return step(speaking, tell({ of: 'caller-speaking', speaking: true }));
    }
    case 'caller-stopped':
      if (!isSpeaking) return same(state);
      return step({ ...state, caller: { kind: 'silent', sinceMs: event.voicedAtMs } }, ...stopped);
    case 'muted': {
      const { muted } = event;
      const next: TurnState = {
        ...state,
        caller: { kind: muted ? 'muted' : 'silent', sinceMs: nowMs },
        isAskedWhetherThere: false,
      };
      return step(next, ...stopped, tell({ of: 'muted', muted }));
    }
  }
}

export function onWords(state: TurnState, text: string, nowMs: number): TurnStep {
  const { model } = state;
  const goesOn = model.kind === 'answering' || model.kind === 'holding' || model.kind === 'closing';
  const heard: TurnState = {
    ...state,
    model: goesOn ? model : owed('aloud', nowMs - WORDS_TAKE_MS),
    explained: NOT_EXPLAINED,
    isAskedWhetherThere: false,
  };
  return step(heard, { do: 'count-caller-turn' }, tell({ of: 'words', text }));
}

export function onTyped(state: TurnState, event: Event<'typed'>, nowMs: number): TurnStep {
  const { model } = state;
  if (model.kind === 'closing') return same(state);
  const { text, wish } = event;
  const present: TurnState = { ...state, typedAtMs: nowMs, explained: NOT_EXPLAINED, isAskedWhetherThere: false };
  const taken: readonly TurnEffect[] = [{ do: 'count-caller-turn' }, tell({ of: 'typed', text })];
  if (model.kind === 'holding' && model.held.kind === 'opening') {
    const { held } = model;
    if (held.typed.length === MAX_TYPED_EARLY) return step(present, tell({ of: 'typed-in-vain' }));
    return step({ ...present, model: { ...model, held: { ...held, typed: [...held.typed, text], wish } } }, ...taken);
  }
  const cut = isHeard(state) ? silence(present, 'caller', nowMs) : same(present);
  const asked: TurnState = {
    ...cut.state,
    begun: state.begun === 'no' ? 'asked' : state.begun,
    model: asking(model, event, nowMs),
  };
  return step(asked, ...taken, ...cut.effects, { do: 'ask', text });
}

/** It may come from the client's page, and so says nothing of whether anybody is there. */
export function onContext(state: TurnState, text: string): TurnStep {
  const { model } = state;
  if (model.kind === 'closing') return same(state);
  if (model.kind !== 'holding' || model.held.kind !== 'opening') return step(state, { do: 'add-context', text });
  const { held } = model;
  if (held.context.length === MAX_TYPED_EARLY) return step(state, tell({ of: 'typed-in-vain' }));
  return same({ ...state, model: { ...model, held: { ...held, context: [...held.context, text] } } });
}

function asking(model: ModelSide, { wish }: Event<'typed'>, nowMs: number): ModelSide {
  if (model.kind === 'holding' && model.held.kind === 'reconnecting')
    return { ...model, held: { ...model.held, isOwed: true, wish } };
  return owed(wish, nowMs);
}
