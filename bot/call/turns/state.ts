import type { NoticeName } from '../../../contract/languages/speech-texts';
import type { ToolWaiting, WaitingChoice } from '../../../contract/waiting';
import type { CloseReason } from '../../transport/transport';
import type { AnswerTimes, TurnOver } from '../answer-times';
import { hangUpDueMs, type HangingUp } from './hang-up-due';

/** How the caller wants to be answered. */
export type Wish = 'aloud' | 'in-text';

/** Why nobody at the model's end can be asked yet. */
type Held =
  /** The first stream is being opened; what was typed meanwhile is asked then, after what it should know. */
  | {
      readonly kind: 'opening';
      readonly isClientReady: boolean;
      readonly typed: readonly string[];
      readonly context: readonly string[];
      readonly wish: Wish;
    }
  /** Open, but the client is not ready to show a greeting: greeted anyway at `greetAtMs`. */
  | { readonly kind: 'greeting'; readonly greetAtMs: number }
  /** The stream was lost. `isOwed`: the next one was asked what the former one left unanswered. */
  | { readonly kind: 'reconnecting'; readonly isOwed: boolean; readonly wish: Wish };

/** A goodbye on its way to the caller. `untilMs`: then it goes on without whatever it waits for. */
type Goodbye =
  | { readonly kind: 'none' }
  | { readonly kind: 'asked' | 'begun'; readonly name: NoticeName; readonly untilMs: number }
  | { readonly kind: 'recorded'; readonly untilMs: number };

/** The model's side. A `wish` is that of the question, for as long as its answer is not complete. */
export type ModelSide =
  | { readonly kind: 'holding'; readonly held: Held; readonly sinceMs: number }
  /** Nothing is owed. `wish` is that of the last answer, because a tool used now belongs to it. */
  | { readonly kind: 'idle'; readonly wish: Wish; readonly sinceMs: number }
  /** Asked, and no answer has begun; `notice`: it was asked to say this one. */
  | {
      readonly kind: 'answer-owed';
      readonly wish: Wish;
      readonly sinceMs: number;
      readonly notice: NoticeName | undefined;
    }
  | {
      readonly kind: 'answering';
      readonly wish: Wish;
      readonly sinceMs: number;
      readonly audioAtMs: number | undefined;
    }
  | { readonly kind: 'waiting-for-tool'; readonly wish: Wish; readonly sinceMs: number }
  /** The caller cut the answer off and has not said anything yet. */
  | { readonly kind: 'interrupted'; readonly wish: Wish; readonly sinceMs: number }
  | { readonly kind: 'closing'; readonly reason: CloseReason; readonly goodbye: Goodbye };

/** The caller's side, by sound alone: whether they speak. */
export type CallerSide =
  | { readonly kind: 'silent'; readonly sinceMs: number }
  | { readonly kind: 'speaking' }
  | { readonly kind: 'muted'; readonly sinceMs: number };

export type Sound = 'answer' | 'notice';

/**
 * What the caller hears of the bot. `starved`: in the middle of something of which no more has come yet. `answer`: the
 * answer in it, counted from `fromMs`; undefined while it is recordings only.
 */
export type Ear =
  | { readonly kind: 'quiet'; readonly sinceMs: number }
  | { readonly kind: 'hears'; readonly answer: HeardAnswer | undefined }
  | { readonly kind: 'starved'; readonly answer: HeardAnswer | undefined; readonly sinceMs: number };

type HeardAnswer = AnswerTimes & { readonly fromMs: number };

/** Everything a call remembers of whose turn it is. All times on the call's clock. */
export interface TurnState {
  readonly model: ModelSide;
  readonly caller: CallerSide;
  readonly ear: Ear;
  /** Whether the bot has spoken, as a call begins with that. */
  readonly begun: 'no' | 'asked' | 'yes';
  /** Tools at work for the model. */
  readonly tools: number;
  /** When the caller typed last, and when an answer last began to be heard. */
  readonly typedAtMs: number;
  /** When the model said last that the caller had finished. */
  readonly finishedAtMs: number;
  readonly answeredAtMs: number;
  /** How often, and when last, the present silence was explained. */
  readonly explained: { readonly times: number; readonly atMs: number };
  /** The caller was asked whether anybody is there, and has not shown it since. */
  readonly isAskedWhetherThere: boolean;
  /** That the call is nearly over is to be said as soon as nobody speaks. */
  readonly isEndToBeAnnounced: boolean;
  /** The model asked for the end of the call. */
  readonly hangingUp: HangingUp | undefined;
  readonly absentAfterMs: number;
  /** What the caller hears who waits for the tools that are at work, and for any other. */
  readonly waiting: ToolWaiting;
  readonly usualWaiting: WaitingChoice;
}

/** A caller who is asked whether they are there has this share of the first wait to answer. */
const SECOND_WAIT_SHARE = 0.5;
/** No silence that is ours lasts longer than this without a word. */
const SILENT_AT_MOST_MS = 2_500;
/** The same while a tool is at work: sooner where a notice is to fill the wait, later where a sound does. */
const SILENT_FOR_A_TOOL_MS: Readonly<Record<WaitingChoice, number>> = {
  notice: 1_500,
  off: SILENT_AT_MOST_MS,
  soft: 6_000,
};
/** The agent needs half a second to begin what it is to say. */
const SILENT_FOR_OWN_WORDS_MS = 1_000;
/** An answer in text that is owed for so long is not waited for any more. */
const OWED_AT_MOST_MS = 60_000;

/** @param absentAfterMs how long a silent caller is waited for before they are asked whether they are there */
export function initialTurns(absentAfterMs: number, waiting: WaitingChoice = 'off'): TurnState {
  return {
    model: {
      kind: 'holding',
      held: { kind: 'opening', isClientReady: false, typed: [], context: [], wish: 'aloud' },
      sinceMs: -Infinity,
    },
    caller: { kind: 'silent', sinceMs: -Infinity },
    ear: { kind: 'quiet', sinceMs: Infinity },
    begun: 'no',
    tools: 0,
    typedAtMs: -Infinity,
    finishedAtMs: -Infinity,
    answeredAtMs: -Infinity,
    explained: { times: 0, atMs: -Infinity },
    isAskedWhetherThere: false,
    isEndToBeAnnounced: false,
    hangingUp: undefined,
    absentAfterMs,
    waiting,
    usualWaiting: waiting,
  };
}

/** What happened, as the reducer is told. `voicedAtMs`: when the caller's voice was last heard. */
export type TurnEvent =
  /** Media flows: from now on the caller hears silence where nothing is said. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'client-ready' }
  | { readonly kind: 'caller-started' }
  | { readonly kind: 'caller-stopped'; readonly voicedAtMs: number }
  | { readonly kind: 'muted'; readonly muted: boolean }
  /** The model wrote down what the caller said. */
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'typed'; readonly text: string; readonly wish: Wish }
  /** Something the model should know, and need not answer. */
  | { readonly kind: 'context'; readonly text: string }
  | { readonly kind: 'caller-finished' }
  | { readonly kind: 'turn-started' }
  | { readonly kind: 'sentence'; readonly text: string }
  | { readonly kind: 'audio'; readonly pcm24k: Int16Array }
  /** `isBroken`: the stream broke in the middle of the answer. */
  | { readonly kind: 'turn-ended'; readonly isBroken: boolean }
  /** `stream`: the answer will be given anew. */
  | { readonly kind: 'interrupted'; readonly by: 'caller' | 'stream' }
  /** `waiting`: what is heard meanwhile, where this tool has its own; with several at work, as the last of them has it. */
  | { readonly kind: 'tool-used'; readonly waiting?: ToolWaiting | undefined }
  | { readonly kind: 'tool-answered' }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'asked-again' }
  | { readonly kind: 'reconnected' }
  | { readonly kind: 'audible'; readonly sound: Sound; readonly voicedAtMs: number }
  | { readonly kind: 'starved' }
  | { readonly kind: 'drained' }
  | { readonly kind: 'nearly-over' }
  /** The model wants its part to end after its goodbye: the call, or that the caller is connected with somebody. */
  | { readonly kind: 'hang-up-asked'; readonly transferTo: string | undefined }
  | {
      readonly kind: 'close';
      readonly reason: CloseReason;
      readonly goodbye: NoticeName | undefined;
      readonly canModelSpeak: boolean;
    }
  /** `wakeAtMs` says when this is due. */
  | { readonly kind: 'time' };

/** What the client is told. */
export type ClientNews =
  | { readonly of: 'caller-speaking'; readonly speaking: boolean }
  | { readonly of: 'muted'; readonly muted: boolean }
  | { readonly of: 'words'; readonly text: string }
  | { readonly of: 'typed'; readonly text: string }
  | { readonly of: 'typed-in-vain' }
  | { readonly of: 'turn'; readonly open: boolean }
  | { readonly of: 'sentence'; readonly text: string; readonly wish: Wish }
  | { readonly of: 'bot-speaking'; readonly speaking: boolean }
  | { readonly of: 'interrupted' }
  | { readonly of: 'ending'; readonly reason: CloseReason };

/** What is to be done, in order. */
export type TurnEffect =
  | { readonly do: 'tell'; readonly news: ClientNews }
  | { readonly do: 'ask'; readonly text: string }
  | { readonly do: 'add-context'; readonly text: string }
  | { readonly do: 'ask-for-greeting' }
  | { readonly do: 'ask-for-notice'; readonly name: NoticeName }
  | { readonly do: 'play'; readonly pcm24k: Int16Array }
  | { readonly do: 'play-notice'; readonly name: NoticeName }
  | { readonly do: 'end-answer'; readonly isBroken: boolean }
  /** Drops what the caller has not heard; `counts`: what they have heard was said. */
  | { readonly do: 'flush'; readonly isBargeIn: boolean; readonly counts: boolean }
  | { readonly do: 'count-caller-turn' }
  | { readonly do: 'measure-answer'; readonly times: AnswerTimes }
  | { readonly do: 'measure-turn'; readonly turn: TurnOver }
  | { readonly do: 'close'; readonly reason: CloseReason; readonly goodbye: NoticeName | undefined }
  | { readonly do: 'transfer'; readonly to: string }
  | { readonly do: 'hang-up' };

/** Whose turn it is when nobody is heard; undefined while somebody is, or a call is over. */
export function whoseTurn({ model, caller, ear }: TurnState): 'bot' | 'caller' | undefined {
  if (model.kind === 'closing' || caller.kind === 'speaking' || ear.kind === 'hears') return undefined;
  if (model.kind === 'idle' || model.kind === 'interrupted') return 'caller';
  return wishOf(model) === 'in-text' ? undefined : 'bot';
}

/** Whether the caller has something to hear, or is in the middle of it. */
export function isHeard({ ear }: TurnState): boolean {
  return ear.kind !== 'quiet';
}

/** How the answer that is owed, given or just given is wanted. */
export function wishOf(model: ModelSide): Wish {
  if (model.kind === 'holding') return model.held.kind === 'greeting' ? 'aloud' : model.held.wish;
  return model.kind === 'closing' ? 'aloud' : model.wish;
}

/** When `{ kind: 'time' }` is due next; undefined: not before something else happens. */
export function wakeAtMs(state: TurnState): number | undefined {
  const dueAtMs =
    state.hangingUp === undefined ? dueMs(state) : hangUpDueMs(state.hangingUp, state.ear.kind === 'quiet');
  return Number.isFinite(dueAtMs) ? dueAtMs : undefined;
}

function dueMs(state: TurnState): number {
  const { model } = state;
  if (model.kind === 'closing') return model.goodbye.kind === 'none' ? Infinity : model.goodbye.untilMs;
  const turn = whoseTurn(state);
  if (turn === 'caller') {
    const wait = state.absentAfterMs * (state.isAskedWhetherThere ? SECOND_WAIT_SHARE : 1);
    return silentSinceMs(state) + (state.isEndToBeAnnounced ? 0 : wait);
  }
  if (turn === undefined)
    return wishOf(model) === 'in-text' && model.kind !== 'holding' ? silentSinceMs(state) + OWED_AT_MOST_MS : Infinity;
  const greetAtMs = model.kind === 'holding' && model.held.kind === 'greeting' ? model.held.greetAtMs : Infinity;
  const silentAtMostMs = state.tools > 0 ? silentForAToolMs(state.waiting) : SILENT_AT_MOST_MS;
  return Math.min(greetAtMs, silentSinceMs(state) + silentAtMostMs);
}

const silentForAToolMs = (waiting: ToolWaiting): number =>
  typeof waiting === 'string' ? SILENT_FOR_A_TOOL_MS[waiting] : SILENT_FOR_OWN_WORDS_MS;

/** Since when the caller waits for a tool and hears nobody; undefined: not at all. */
export function waitsForToolSinceMs(state: TurnState): number | undefined {
  return state.tools > 0 && whoseTurn(state) === 'bot' ? silentSinceMs(state) : undefined;
}

/** Since when nobody is heard, and whoever's turn it is has it. */
function silentSinceMs({ model, caller, ear, explained }: TurnState): number {
  return Math.max(sinceMs(model), sinceMs(caller), sinceMs(ear), explained.atMs);
}

/** Since when the caller waits in silence for what the bot says next; undefined: they do not. */
export function waitsSinceMs(state: TurnState): number | undefined {
  return whoseTurn(state) === 'bot' ? Math.max(sinceMs(state.caller), sinceMs(state.ear)) : undefined;
}

function sinceMs(side: ModelSide | CallerSide | Ear): number {
  return 'sinceMs' in side ? side.sinceMs : -Infinity;
}

/** As an operator sees it. */
export function phaseOf({
  model,
  ear,
  begun,
}: TurnState): 'connecting' | 'greeting' | 'listening' | 'speaking' | 'closing' {
  if (model.kind === 'closing') return 'closing';
  if (begun === 'no') return 'connecting';
  return ear.kind !== 'quiet' ? 'speaking' : begun === 'asked' ? 'greeting' : 'listening';
}
