import { answerTimes } from '../answer-times';
import type { TurnState } from './state';
import { hangUp, same, step, tell, turnOver, type Closing, type Event, type TurnStep } from './steps';

/** The longest announcement, spoken slowly; then the call ends without. */
export const HEARD_WITHIN_MS = 15_000;

export function onEar(state: TurnState, event: Event<'audible' | 'starved' | 'drained'>, nowMs: number): TurnStep {
  const { model, ear } = state;
  switch (event.kind) {
    case 'audible':
      return onAudible(state, event, nowMs);
    case 'starved':
      if (ear.kind !== 'hears') return same(state);
      return same({ ...state, ear: { ...ear, kind: 'starved', sinceMs: nowMs } });
    case 'drained': {
      const effects = [...turnOver(ear, nowMs, false), tell({ of: 'bot-speaking', speaking: false })];
      const quiet: TurnState = { ...state, ear: { kind: 'quiet', sinceMs: nowMs } };
      const isGoodbyeSaid = model.kind === 'closing' && isUnderWay(model.goodbye.kind);
      return isGoodbyeSaid ? hangUp(step(quiet, ...effects)) : step(quiet, ...effects);
    }
  }
}

function onAudible(state: TurnState, { sound, voicedAtMs }: Event<'audible'>, nowMs: number): TurnStep {
  const { model, ear, begun, typedAtMs, answeredAtMs } = state;
  const former = ear.kind === 'quiet' ? undefined : ear.answer;
  const speaking = tell({ of: 'bot-speaking', speaking: true });
  const heard: TurnState = {
    ...state,
    ear: { kind: 'hears', answer: former },
    begun: begun === 'asked' ? 'yes' : begun,
    model: model.kind === 'closing' ? { ...model, goodbye: prolonged(model.goodbye, nowMs) } : model,
  };
  if (sound === 'notice' || former !== undefined) return step(heard, speaking);
  const askedMs = Math.max(voicedAtMs, typedAtMs);
  const times = answerTimes({
    askedMs: askedMs > answeredAtMs ? askedMs : undefined,
    finishedMs: state.finishedAtMs,
    turnStartedMs: model.kind === 'answering' ? model.sinceMs : undefined,
    firstAudioMs: model.kind === 'answering' ? model.audioAtMs : undefined,
    audibleMs: nowMs,
  });
  const answer = { ...times, fromMs: nowMs - (times.answerMs ?? 0) };
  return step({ ...heard, ear: { kind: 'hears', answer }, answeredAtMs: nowMs }, speaking, {
    do: 'measure-answer',
    times,
  });
}

function isUnderWay(goodbye: Closing['goodbye']['kind']): boolean {
  return goodbye === 'begun' || goodbye === 'recorded';
}

/** A goodbye that is heard is heard to its end. */
function prolonged(goodbye: Closing['goodbye'], nowMs: number): Closing['goodbye'] {
  return goodbye.kind === 'begun' ? { ...goodbye, untilMs: nowMs + HEARD_WITHIN_MS } : goodbye;
}
