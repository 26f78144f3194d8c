import { hangUpDueMs, type HangingUp } from './hang-up-due';
import type { TurnEvent, TurnState } from './state';
import { step, type TurnStep } from './steps';

/** @param transferTo whom the caller is to be connected with; undefined: the call is to end */
export function askToHangUp(state: TurnState, transferTo: string | undefined, nowMs: number): TurnStep {
  if (state.model.kind === 'closing') return { state, effects: [] };
  return step({ ...state, hangingUp: { askedMs: nowMs, transferTo, isSpoken: false } });
}

/** What an event means for a call that is to end after the goodbye. @param taken what it means otherwise */
export function withHangingUp(taken: TurnStep, event: TurnEvent, nowMs: number): TurnStep {
  const { state, effects } = taken;
  const { hangingUp, model } = state;
  if (hangingUp === undefined) return taken;
  if (model.kind === 'closing') return { state: { ...state, hangingUp: undefined }, effects };
  if (isObjection(event)) {
    const stays: TurnState = { ...state, hangingUp: undefined };
    return step(stays, ...effects, { do: 'add-context', text: staysWith(hangingUp) });
  }
  if (event.kind === 'turn-started' && !hangingUp.isSpoken) {
    return step({ ...state, hangingUp: { ...hangingUp, isSpoken: true } }, ...effects);
  }
  const isHeardOut = hangingUp.isSpoken && event.kind === 'drained' && model.kind === 'idle';
  if (!isHeardOut && nowMs < hangUpDueMs(hangingUp, state.ear.kind === 'quiet')) return taken;
  const over: TurnState = { ...state, hangingUp: undefined };
  const { transferTo } = hangingUp;
  if (transferTo !== undefined) return step(over, ...effects, { do: 'transfer', to: transferTo });
  return step(over, ...effects, { do: 'close', reason: 'agent-ended', goodbye: undefined });
}

function staysWith({ transferTo }: HangingUp): string {
  const what = transferTo === undefined ? 'the call was not ended' : 'they were not connected with anybody';
  return `The caller went on speaking, so ${what}. Go on with what they say.`;
}

/** Whoever speaks into the goodbye, or types, wants something more. */
const isObjection = (event: TurnEvent): boolean =>
  event.kind === 'typed' || (event.kind === 'interrupted' && event.by === 'caller');
