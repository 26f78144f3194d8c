import { sayExactly } from '../../../contract/prompts';
import type { NoticeName } from '../../../contract/languages/speech-texts';
import { HEARD_WITHIN_MS } from './ear';
import { isHeard, wakeAtMs, whoseTurn, wishOf, type ModelSide, type TurnEffect, type TurnState } from './state';
import {
  greet,
  hangUp,
  idle,
  owed,
  same,
  silence,
  step,
  tell,
  withModel,
  type Closing,
  type Event,
  type TurnStep,
} from './steps';

/** A model that is asked for a goodbye and is not heard after this long will not say it. */
const MODEL_SPEAKS_WITHIN_MS = 2_500;
/** So often a silence is explained; whatever is still not there then is not waited for any more. */
const EXPLAINED_AT_MOST = 10;

export function onTime(state: TurnState, nowMs: number): TurnStep {
  // A silence after which the call ends is not explained.
  if (state.hangingUp !== undefined) return same(state);
  const dueAtMs = wakeAtMs(state);
  if (dueAtMs === undefined || dueAtMs > nowMs) return same(state);
  const { model, explained } = state;
  if (model.kind === 'closing') return onGoodbyeDue(state, model, nowMs);
  if (model.kind === 'holding' && model.held.kind === 'greeting' && model.held.greetAtMs <= nowMs)
    return greet(state, model.sinceMs);
  switch (whoseTurn(state)) {
    case 'caller':
      return onCallerDue(state, nowMs);
    case 'bot': {
      if (model.kind === 'answer-owed' && model.notice !== undefined)
        return step({ ...state, model: idle(model.wish, nowMs) }, { do: 'play-notice', name: model.notice });
      if (explained.times >= EXPLAINED_AT_MOST && model.kind !== 'holding')
        return withModel(state, idle(wishOf(model), nowMs));
      const times = explained.times + 1;
      if (typeof state.waiting === 'object' && state.tools > 0) return sayOwnWords(state, state.waiting.say, nowMs);
      const name: NoticeName = times === 1 ? 'one-moment' : 'still-trying';
      return step({ ...state, explained: { times, atMs: nowMs } }, { do: 'play-notice', name });
    }
    case undefined:
      return withModel(state, idle('aloud', nowMs));
  }
}

/** Once for a tool, by the model's own voice; whoever waits on, or hears none of it, waits as for any tool. */
function sayOwnWords(state: TurnState, words: string, nowMs: number): TurnStep {
  const explained = { times: 0, atMs: nowMs };
  const text = sayExactly(words, 'the result of the tool');
  return step({ ...state, waiting: state.usualWaiting, explained }, { do: 'ask', text });
}

function onCallerDue(state: TurnState, nowMs: number): TurnStep {
  const announce = (name: NoticeName): TurnEffect => ({ do: 'ask-for-notice', name });
  const asked = (name: NoticeName): ModelSide => ({ ...owed('aloud', nowMs), notice: name });
  if (state.isEndToBeAnnounced)
    return step({ ...state, isEndToBeAnnounced: false, model: asked('nearly-over') }, announce('nearly-over'));
  if (state.isAskedWhetherThere) {
    const goodbye = { do: 'close', reason: 'caller-absent', goodbye: 'absent-goodbye' } as const;
    return step({ ...state, model: idle('aloud', nowMs) }, goodbye);
  }
  return step({ ...state, isAskedWhetherThere: true, model: asked('still-there') }, announce('still-there'));
}

export function onClose(state: TurnState, event: Event<'close'>, nowMs: number): TurnStep {
  if (state.model.kind === 'closing') return same(state);
  const { reason, goodbye: name } = event;
  const closing = (goodbye: Closing['goodbye']): ModelSide => ({ kind: 'closing', reason, goodbye });
  if (name === undefined) {
    // Whoever left knows why; a caller who was hung up on is told.
    const told = reason === 'agent-ended' || reason === 'transferred' ? [tell({ of: 'ending', reason })] : [];
    return hangUp(step({ ...state, model: closing({ kind: 'none' }) }, ...told));
  }
  // What the bot still has to say is cut: a goodbye that waits for a long answer is not heard in time.
  const cut = isHeard(state) ? silence(state, 'goodbye', nowMs) : same(state);
  const effects = [tell({ of: 'ending', reason }), ...cut.effects];
  if (!event.canModelSpeak) {
    const recorded = closing({ kind: 'recorded', untilMs: nowMs + HEARD_WITHIN_MS });
    return step({ ...cut.state, model: recorded }, ...effects, { do: 'play-notice', name });
  }
  const asked = closing({ kind: 'asked', name, untilMs: nowMs + MODEL_SPEAKS_WITHIN_MS });
  return step({ ...cut.state, model: asked }, ...effects, { do: 'ask-for-notice', name });
}

function onGoodbyeDue(state: TurnState, model: Closing, nowMs: number): TurnStep {
  const { goodbye } = model;
  const isUnsaid = (goodbye.kind === 'asked' || goodbye.kind === 'begun') && !isHeard(state);
  if (!isUnsaid) return hangUp(same(state));
  const recorded: Closing = { ...model, goodbye: { kind: 'recorded', untilMs: nowMs + HEARD_WITHIN_MS } };
  return step({ ...state, model: recorded }, { do: 'play-notice', name: goodbye.name });
}
