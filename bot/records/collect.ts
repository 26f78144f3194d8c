import type { RecordedTool, RecordedTurn } from '../../contract/call-record';
import type { CallEventName, EventFields } from '../../contract/telemetry/catalogue';
import type { Collected, Said } from './collected';
import { addTurn, MAX_CHARACTERS } from './turns';

/** What a tool was asked and answered, as the record may have it. */
export type ToolContent = Pick<RecordedTool, 'arguments' | 'result'>;

export type CallEvent =
  | { readonly kind: 'said'; readonly said: Said }
  | { readonly kind: 'voice'; readonly isHeard: boolean; readonly atMs: number }
  /** Since when the caller hears nobody though it is not their turn; undefined: they do not wait. */
  | {
      readonly kind: 'waits';
      readonly startMs: number | undefined;
      readonly isForTool: boolean;
      readonly atMs: number;
    }
  | {
      readonly kind: 'tool';
      readonly fields: EventFields<'toolCall'>;
      readonly agent: string;
      /** Undefined: it cannot be kept. */
      readonly content: ToolContent | undefined;
      readonly atMs: number;
    }
  | { readonly [E in CallEventName]: Recorded<E> }[CallEventName];

interface Recorded<E extends CallEventName> {
  readonly kind: 'recorded';
  readonly event: E;
  readonly fields: EventFields<E>;
  readonly atMs: number;
}

export const NOTHING_COLLECTED: Collected = {
  turns: [],
  tools: [],
  handoffs: [],
  transfers: [],
  rotations: [],
  reconnects: [],
  waits: [],
  framesDroppedOut: 0,
  characters: 0,
  errorCode: undefined,
  dropped: { turns: 0, events: 0 },
  voice: undefined,
  answer: undefined,
  botDoneMs: undefined,
  wait: undefined,
};

/** An hour of calls has some hundred of each. */
const MAX_EVENTS = 1_000;
/** A wait that a caller notices as one; shorter ones are in the latencies of the turns. */
const WAIT_MS = 2_000;
/** Voice that so long had no words was a cough. */
const FORGOTTEN_AFTER_MS = 3_000;

/** What is known after `event`. Pure; bounded, and what finds no room is counted. */
export function collect(state: Collected, event: CallEvent): Collected {
  switch (event.kind) {
    case 'said':
      return addTurn(state, event.said);
    case 'voice':
      return heardVoice(state, event.isHeard, event.atMs);
    case 'waits':
      return waited(state, event);
    case 'tool': {
      const { fields, agent, content, atMs } = event;
      const durationMs = Math.round(fields.durationMs);
      const startMs = Math.max(0, Math.round(atMs) - durationMs);
      const call = { name: fields.tool, agent, startMs, durationMs, outcome: fields.outcome };
      const characters = state.characters + (content === undefined ? Infinity : charactersIn(content));
      if (characters > MAX_CHARACTERS) return dropOne(added(state, 'tools', call));
      return added({ ...state, characters }, 'tools', { ...call, ...content });
    }
    case 'recorded':
      return recorded(state, event);
  }
}

function recorded(state: Collected, event: CallEvent & { readonly kind: 'recorded' }): Collected {
  const atMs = Math.round(event.atMs);
  switch (event.event) {
    case 'answerStarted': {
      const { answerMs, endpointingMs, modelMs, playoutMs } = event.fields;
      return { ...state, answer: wholeMs({ answerMs, endpointingMs, modelMs, playoutMs }) as RecordedTurn['answer'] };
    }
    case 'turnEnded':
      return { ...state, botDoneMs: event.atMs };
    case 'callHandedOver': {
      const { from, to, gapMs } = event.fields;
      return added(state, 'handoffs', { atMs, from, to, gapMs: Math.round(gapMs) });
    }
    case 'callTransferred':
      return added(state, 'transfers', { atMs, to: event.fields.to, outcome: event.fields.outcome });
    case 'modelRotated':
      return added(state, 'rotations', { atMs, gapMs: Math.round(event.fields.gapMs) });
    case 'modelReconnected':
      return added(state, 'reconnects', { atMs, gapMs: Math.round(event.fields.gapMs) });
    case 'audioDropped':
      return { ...state, framesDroppedOut: state.framesDroppedOut + event.fields.frames };
    case 'modelFailed':
      return { ...state, errorCode: event.fields.code };
    default:
      return state;
  }
}

type Lists = 'tools' | 'handoffs' | 'transfers' | 'rotations' | 'reconnects' | 'waits';

function added<L extends Lists>(state: Collected, list: L, entry: Collected[L][number]): Collected {
  return state[list].length >= MAX_EVENTS ? dropOne(state) : { ...state, [list]: [...state[list], entry] };
}

const dropOne = (state: Collected): Collected => {
  const { dropped } = state;
  return { ...state, dropped: { ...dropped, events: dropped.events + 1 } };
};

const charactersIn = (content: ToolContent): number =>
  Object.keys(content).length === 0 ? 0 : JSON.stringify(content).length;

function heardVoice(state: Collected, isHeard: boolean, atMs: number): Collected {
  const { voice } = state;
  if (!isHeard) {
    if (voice === undefined) return state;
    // The words may have come before it was sure that the voice was over.
    if (atMs < voice.startMs) return { ...state, voice: undefined, turns: endingAt(state.turns, Math.round(atMs)) };
    return { ...state, voice: { ...voice, endMs: atMs } };
  }
  const isSame = voice !== undefined && atMs - (voice.endMs ?? atMs) < FORGOTTEN_AFTER_MS;
  return { ...state, voice: { startMs: isSame ? voice.startMs : atMs, endMs: undefined } };
}

function endingAt(turns: Collected['turns'], endMs: number): Collected['turns'] {
  const last = turns.findLast(({ by, via }) => by === 'caller' && via === 'voice');
  if (last === undefined || last.startMs > endMs || last.endMs < endMs) return turns;
  return turns.map((turn) => (turn === last ? { ...turn, endMs } : turn));
}

function waited(state: Collected, { startMs, isForTool, atMs }: CallEvent & { readonly kind: 'waits' }): Collected {
  const { wait } = state;
  if (startMs !== undefined) {
    if (wait !== undefined && (wait.isForTool || !isForTool)) return state;
    return { ...state, wait: { startMs: wait?.startMs ?? startMs, isForTool } };
  }
  if (wait === undefined) return state;
  const over = { ...state, wait: undefined };
  const durationMs = Math.round(atMs - wait.startMs);
  if (durationMs < WAIT_MS) return over;
  return added(over, 'waits', {
    startMs: Math.round(wait.startMs),
    durationMs,
    for: wait.isForTool ? 'tool' : 'model',
  });
}

const wholeMs = (times: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(Object.entries(times).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, Math.round(ms)]])));
