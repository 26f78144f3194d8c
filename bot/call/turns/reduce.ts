import { onCaller, onContext, onTyped, onWords } from './caller';
import { onEar } from './ear';
import { askToHangUp, withHangingUp } from './hanging-up';
import {
  onAnswer,
  onAskedAgain,
  onClientReady,
  onInterrupted,
  onOpened,
  onReconnected,
  onReconnecting,
  onToolAnswered,
  onToolUsed,
} from './model';
import type { TurnEvent, TurnState } from './state';
import type { TurnStep } from './steps';
import { onClose, onTime } from './time';

/**
 * Who speaks, who is to speak next, and what follows from it, without I/O: `(state, event, now) → state + effects`.
 *
 * The model's side and the caller's are apart, since both may speak at once; what the caller hears of the bot is told
 * by playback alone, as the model sends seconds ahead of the ear. Only an answer that has begun is let through: what the
 * model still sends of one that was cut short reaches nobody.
 */
export function reduceTurns(state: TurnState, event: TurnEvent, nowMs: number): TurnStep {
  return withHangingUp(reduceTurn(state, event, nowMs), event, nowMs);
}

function reduceTurn(state: TurnState, event: TurnEvent, nowMs: number): TurnStep {
  switch (event.kind) {
    case 'connected':
      return { state: { ...state, ear: { kind: 'quiet', sinceMs: nowMs } }, effects: [] };
    case 'opened':
      return onOpened(state, nowMs);
    case 'client-ready':
      return onClientReady(state);
    case 'caller-started':
    case 'caller-stopped':
    case 'muted':
      return onCaller(state, event, nowMs);
    case 'words':
      return onWords(state, event.text, nowMs);
    case 'typed':
      return onTyped(state, event, nowMs);
    case 'context':
      return onContext(state, event.text);
    case 'caller-finished':
      return { state: { ...state, finishedAtMs: nowMs }, effects: [] };
    case 'turn-started':
    case 'sentence':
    case 'audio':
    case 'turn-ended':
      return onAnswer(state, event, nowMs);
    case 'interrupted':
      return onInterrupted(state, event.by, nowMs);
    case 'tool-used':
      return onToolUsed(state, event, nowMs);
    case 'tool-answered':
      return onToolAnswered(state, nowMs);
    case 'reconnecting':
      return onReconnecting(state, nowMs);
    case 'asked-again':
      return onAskedAgain(state, nowMs);
    case 'reconnected':
      return onReconnected(state, nowMs);
    case 'audible':
    case 'starved':
    case 'drained':
      return onEar(state, event, nowMs);
    case 'nearly-over':
      return onTime({ ...state, isEndToBeAnnounced: true }, nowMs);
    case 'hang-up-asked':
      return askToHangUp(state, event.transferTo, nowMs);
    case 'close':
      return onClose(state, event, nowMs);
    case 'time':
      return onTime(state, nowMs);
  }
}
