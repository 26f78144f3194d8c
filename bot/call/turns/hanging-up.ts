import { hangUpDueMs } from './hang-up-due';
import type { TurnEvent, TurnState } from './state';
import { step, type TurnStep } from './steps';

const STAYS = 'The caller went on speaking, so the call was not ended. Go on with what they say.';

export function askToHangUp(state: TurnState, nowMs: number): TurnStep {
  if (state.model.kind === 'closing') return { state, effects: [] };
  return step({ ...state, hangingUp: { askedMs: nowMs, isSpoken: false } });
}

/** What an event means for a call that is to end after the goodbye. @param taken what it means otherwise */
export function withHangingUp(taken: TurnStep, event: TurnEvent, nowMs: number): TurnStep {
  const { state, effects } = taken;
  const { hangingUp, model } = state;
  if (hangingUp === undefined) return taken;
  if (model.kind === 'closing') return { state: { ...state, hangingUp: undefined }, effects };
  if (isObjection(event)) {
    const stays: TurnState = { ...state, hangingUp: undefined };
    return step(stays, ...effects, { do: 'add-context', text: STAYS });
  }
  if (event.kind === 'turn-started' && !hangingUp.isSpoken) {
    return step({ ...state, hangingUp: { ...hangingUp, isSpoken: true } }, ...effects);
  }
  const isHeardOut = hangingUp.isSpoken && event.kind === 'drained' && model.kind === 'idle';
  if (!isHeardOut && nowMs < hangUpDueMs(hangingUp, state.ear.kind === 'quiet')) return taken;
  const over: TurnState = { ...state, hangingUp: undefined };
  return step(over, ...effects, { do: 'close', reason: 'agent-ended', goodbye: undefined });
}

/** Whoever speaks into the goodbye, or types, wants something more. */
const isObjection = (event: TurnEvent): boolean =>
  event.kind === 'typed' || (event.kind === 'interrupted' && event.by === 'caller');
