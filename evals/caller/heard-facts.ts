import type { RtviMessage } from '../../bot/rtvi/messages';
import type { Recording } from '../../smoke/caller';
import { firstSoundAfter, lastSoundBeforeQuiet } from '../../testbed/speech';
import type { CallFacts, ScriptRun } from '../run';

/** A call as its caller had it. */
export interface HeardCall {
  readonly run: ScriptRun;
  readonly heard: Recording;
  /** When the line was open. */
  readonly readyMs: number;
  readonly messages: readonly RtviMessage[];
}

/** What is quiet for so long has stopped. */
const QUIET_MS = 200;
/** A cut that soon after a turn was sent was made by it. */
const CUTS_WITHIN_MS = 5_000;

/** What a caller knows of a call, by what was heard and by what a client was told. */
export function heardFacts({ run, heard, readyMs, messages }: HeardCall): CallFacts {
  const cuts = run.events.filter(({ name }) => name === 'bot_interrupted');
  const waitsMs = run.turns.flatMap(({ said, sentMs, speechEndMs }) => {
    if (said === undefined || cuts.some(({ atMs }) => atMs >= sentMs && atMs - sentMs < CUTS_WITHIN_MS)) return [];
    const fromMs = speechEndMs ?? sentMs;
    const first = firstSoundAfter(heard, fromMs);
    return first === undefined ? [] : [first - fromMs];
  });
  const greeted = firstSoundAfter(heard, heard.startMs);
  return {
    events: run.events,
    ended: run.ended,
    turnsSentMs: run.turns.flatMap(({ said, sentMs }) => (said === undefined ? [] : [sentMs])),
    waitsMs,
    ...(greeted === undefined ? {} : { greetedAfterMs: greeted - readyMs }),
    stopsMs: cuts.flatMap(({ atMs }) => {
      const stopped = lastSoundBeforeQuiet(heard, atMs - QUIET_MS, QUIET_MS);
      return stopped === undefined ? [] : [Math.max(0, stopped - atMs)];
    }),
    clientTexts: messages.map((message) => JSON.stringify(message)),
    handoffs: messages.flatMap(({ type, data }) => {
      const { type: kind, name } = (type === 'server-message' ? data : {}) as { type?: string; name?: string };
      return kind === 'agent' && name !== undefined ? [name] : [];
    }),
  };
}
