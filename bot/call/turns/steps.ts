import {
  isHeard,
  type ClientNews,
  type Ear,
  type ModelSide,
  type TurnEffect,
  type TurnEvent,
  type TurnState,
  type Wish,
} from './state';

/** What follows from an event. */
export interface TurnStep {
  readonly state: TurnState;
  readonly effects: readonly TurnEffect[];
}

export type Event<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;
export type Closing = Extract<ModelSide, { kind: 'closing' }>;
type Owed = Extract<ModelSide, { kind: 'answer-owed' }>;

export const NOT_EXPLAINED = { times: 0, atMs: -Infinity };

export function same(state: TurnState): TurnStep {
  return { state, effects: [] };
}

export function step(state: TurnState, ...effects: readonly TurnEffect[]): TurnStep {
  return { state, effects };
}

export function withModel(state: TurnState, model: ModelSide): TurnStep {
  return same({ ...state, model });
}

export function tell(news: ClientNews): TurnEffect {
  return { do: 'tell', news };
}

export function owed(wish: Wish, sinceMs: number): Owed {
  return { kind: 'answer-owed', wish, sinceMs, notice: undefined };
}

export function idle(wish: Wish, sinceMs: number): ModelSide {
  return { kind: 'idle', wish, sinceMs };
}

export function waitingOrIdle({ tools }: TurnState, wish: Wish, sinceMs: number): ModelSide {
  return tools > 0 ? { kind: 'waiting-for-tool', wish, sinceMs } : idle(wish, sinceMs);
}

export function greet(state: TurnState, sinceMs: number): TurnStep {
  return step({ ...state, begun: 'asked', model: owed('aloud', sinceMs) }, { do: 'ask-for-greeting' });
}

/** Nothing of what the bot was saying is heard any more. */
export function silence(state: TurnState, by: 'caller' | 'stream' | 'goodbye', nowMs: number): TurnStep {
  const quiet: TurnState = { ...state, ear: { kind: 'quiet', sinceMs: nowMs } };
  const isBargeIn = by === 'caller' && isHeard(state);
  return step(
    quiet,
    { do: 'flush', isBargeIn, counts: by !== 'stream' },
    ...turnOver(state.ear, nowMs, true),
    tell({ of: 'interrupted' }),
  );
}

export function turnOver(ear: Ear, nowMs: number, interrupted: boolean): readonly TurnEffect[] {
  if (ear.kind === 'quiet' || ear.answer === undefined) return [];
  const { fromMs, ...times } = ear.answer;
  return [{ do: 'measure-turn', turn: { ...times, lastedMs: nowMs - fromMs, interrupted } }];
}

/** A call that closes hangs up once. */
export function hangUp({ state, effects }: TurnStep): TurnStep {
  const { model } = state;
  if (model.kind !== 'closing') return { state, effects };
  return step({ ...state, model: { ...model, goodbye: { kind: 'none' } } }, ...effects, { do: 'hang-up' });
}
