import type { CloseReason } from '../transport/transport';

/**
 * Where a call is. `connecting`: media or model not there yet. `greeting`: the bot was asked to speak first and has not
 * been heard. `listening` and `speaking` alternate. `closing`: no new turn, a goodbye may still be heard.
 */
export type CallState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'greeting' }
  | { readonly kind: 'listening' }
  | { readonly kind: 'speaking' }
  | { readonly kind: 'closing'; readonly reason: CloseReason }
  | { readonly kind: 'closed'; readonly reason: CloseReason };

export type CallEvent =
  | { readonly kind: 'greeting-asked' }
  | { readonly kind: 'bot-audible' }
  | { readonly kind: 'bot-silent' }
  | { readonly kind: 'close-asked'; readonly reason: CloseReason }
  | { readonly kind: 'closed' };

/** The next state; what makes no sense in a state leaves it as it is (the same object). */
export function nextCallState(state: CallState, event: CallEvent): CallState {
  switch (event.kind) {
    case 'greeting-asked':
      return state.kind === 'connecting' ? { kind: 'greeting' } : state;
    case 'bot-audible':
      return state.kind === 'greeting' || state.kind === 'listening' ? { kind: 'speaking' } : state;
    case 'bot-silent':
      return state.kind === 'speaking' || state.kind === 'greeting' ? { kind: 'listening' } : state;
    case 'close-asked':
      return isOver(state) ? state : { kind: 'closing', reason: event.reason };
    case 'closed':
      return state.kind === 'closing' ? { kind: 'closed', reason: state.reason } : state;
  }
}

/** Whether the call takes no more turns. */
export function isOver(state: CallState): boolean {
  return state.kind === 'closing' || state.kind === 'closed';
}
