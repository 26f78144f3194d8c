import type { ToolRequest, Transcript, Usage } from '../speech-model';
import type { OutputEvent, Stage } from './parse-output';

/** What an output event means to the call. */
export type Effect =
  | { readonly type: 'audio'; readonly base64: string }
  | { readonly type: 'transcript'; readonly transcript: Transcript }
  | { readonly type: 'turn-started' }
  | { readonly type: 'turn-ended' }
  | { readonly type: 'interrupted' }
  | { readonly type: 'tool-use'; readonly request: ToolRequest }
  | { readonly type: 'usage'; readonly usage: Usage }
  | {
      readonly type: 'ignored';
      readonly what: 'unknownEvents' | 'malformedEvents' | 'lateAudio';
      readonly name: string;
    };

interface Block {
  readonly contentId: string;
  readonly type: string;
  readonly role: string;
  readonly stage: Stage;
  /** Text to be committed at the block's end. */
  readonly text: string;
}

/** An answer being given. `speculative` and `final` count its blocks of text. */
interface Turn {
  readonly completionId: string;
  readonly speculative: number;
  readonly final: number;
}

/** What one stream's output has told so far. */
export interface OutputState {
  /** The completion begun last. */
  readonly completionId: string;
  readonly block: Block | undefined;
  readonly turn: Turn | undefined;
  /** True from an interruption until a new answer begins: what comes in between belongs to the old one. */
  readonly muted: boolean;
  /** Completions interrupted lately, newest last. */
  readonly interruptedIds: readonly string[];
  /** Audio block that was cut off by the last interruption. */
  readonly deadContentId: string | undefined;
  readonly audioContentId: string | undefined;
}

export const INITIAL_OUTPUT: OutputState = {
  completionId: '',
  block: undefined,
  turn: undefined,
  muted: false,
  interruptedIds: [],
  deadContentId: undefined,
  audioContentId: undefined,
};

export interface Reduction {
  readonly state: OutputState;
  readonly effects: readonly Effect[];
}

/** A late event about an interrupted completion comes within a few completions, or never. */
const REMEMBERED_INTERRUPTIONS = 8;

const NONE: readonly Effect[] = [];
const INTERRUPTED_MARKER = /^\s*\{\s*"interrupted"\s*:\s*true\s*\}\s*$/;

/**
 * The rules of the model's output, without I/O: `(state, event) → state + effects`.
 *
 * A barge-in is told in up to three ways (text marker, end of the text block, end of the audio block), in any order,
 * perhaps long after the answer ended on the service's side; it takes effect once for each answer. After it the old
 * answer's audio is dropped until a new answer begins, which a new completion or a new block of speculative text
 * shows. (Whether the service gives a new completion id to each answer is not documented: failing to unmute would
 * leave the caller with a silent bot.)
 */
export function reduceOutput(state: OutputState, event: OutputEvent): Reduction {
  switch (event.kind) {
    case 'audio':
      return onAudio(state, event);
    case 'text':
      return onText(state, event);
    case 'block-start':
      return onBlockStart(state, event);
    case 'block-end':
      return onBlockEnd(state, event);
    case 'completion-start':
      return onCompletionStart(state, event.completionId);
    case 'completion-end':
      return endTurn(state, event.completionId);
    case 'tool-use':
      return only(state, {
        type: 'tool-use',
        request: { toolUseId: event.toolUseId, name: event.name, argumentsJson: event.json },
      });
    case 'usage':
      return only(state, { type: 'usage', usage: event.usage });
    case 'unknown':
      return only(state, { type: 'ignored', what: 'unknownEvents', name: event.name });
    case 'malformed':
      return only(state, { type: 'ignored', what: 'malformedEvents', name: event.name });
  }
}

function onAudio(state: OutputState, event: Extract<OutputEvent, { kind: 'audio' }>): Reduction {
  const isLate =
    (event.contentId !== '' && event.contentId === state.deadContentId) || isStale(state, event.completionId);
  if (state.muted || isLate) return only(state, { type: 'ignored', what: 'lateAudio', name: 'audioOutput' });
  const audio: Effect = { type: 'audio', base64: event.base64 };
  if (state.turn !== undefined) return only(state, audio);
  const begun = beginTurn(state, event.completionId);
  return { state: begun.state, effects: [...begun.effects, audio] };
}

function onText(state: OutputState, event: Extract<OutputEvent, { kind: 'text' }>): Reduction {
  if (INTERRUPTED_MARKER.test(event.text)) return interrupt(state, event.completionId);
  const { block } = state;
  if (block?.type !== 'TEXT') return { state, effects: NONE };
  if (block.role === 'ASSISTANT' && block.stage === 'speculative') {
    if (state.muted || event.text.trim() === '') return { state, effects: NONE };
    return only(state, transcript('assistant', event.text, 'speculative'));
  }
  return { state: { ...state, block: { ...block, text: block.text + event.text } }, effects: NONE };
}

function onBlockStart(state: OutputState, event: Extract<OutputEvent, { kind: 'block-start' }>): Reduction {
  const { contentId, type, role, stage } = event;
  const opened: OutputState = { ...state, block: { contentId, type, role, stage, text: '' } };
  if (role !== 'ASSISTANT' || isStale(state, event.completionId)) return { state: opened, effects: NONE };
  if (type === 'TEXT' && stage === 'speculative') {
    const begun = beginTurn({ ...opened, muted: false }, event.completionId);
    return { state: countText(begun.state, event.completionId, stage), effects: begun.effects };
  }
  if (type === 'TEXT') return { state: countText(opened, event.completionId, stage), effects: NONE };
  if (type !== 'AUDIO') return { state: opened, effects: NONE };
  const isNewCompletion = event.completionId !== state.completionId;
  if (state.muted && !isNewCompletion) return { state: opened, effects: NONE };
  const deadContentId = state.deadContentId === contentId ? undefined : state.deadContentId;
  return beginTurn({ ...opened, muted: false, audioContentId: contentId, deadContentId }, event.completionId);
}

function onBlockEnd(state: OutputState, event: Extract<OutputEvent, { kind: 'block-end' }>): Reduction {
  const { block } = state;
  const closed: OutputState = { ...state, block: undefined };
  const spoken = block === undefined ? NONE : commit(block);
  const isCallers = block?.role === 'USER';
  const after =
    event.stopReason === 'INTERRUPTED' && !isCallers
      ? interrupt(closed, event.completionId)
      : event.stopReason === 'END_TURN' && endsTurn(state, event, block)
        ? endTurn(closed, event.completionId)
        : { state: closed, effects: NONE };
  return { state: after.state, effects: spoken.length === 0 ? after.effects : [...spoken, ...after.effects] };
}

/** The last audio ends a turn; so does the last final text, for an answer whose audio did not say so. */
function endsTurn(state: OutputState, event: { readonly type: string }, block: Block | undefined): boolean {
  if ((block?.type ?? event.type) === 'AUDIO') return true;
  const { turn } = state;
  return block?.role === 'ASSISTANT' && block.stage === 'final' && turn !== undefined && turn.final >= turn.speculative;
}

function commit(block: Block): readonly Effect[] {
  if (block.type !== 'TEXT' || block.text.trim() === '') return NONE;
  if (block.role === 'USER') return [transcript('user', block.text, 'final')];
  return block.role === 'ASSISTANT' ? [transcript('assistant', block.text, 'final')] : NONE;
}

function onCompletionStart(state: OutputState, completionId: string): Reduction {
  const ended = state.turn === undefined ? { state, effects: NONE } : endTurn(state, state.turn.completionId);
  const interruptedIds = state.interruptedIds.filter((id) => id !== completionId);
  return { state: { ...ended.state, completionId, muted: false, interruptedIds }, effects: ended.effects };
}

function beginTurn(state: OutputState, completionId: string): Reduction {
  if (state.turn?.completionId === completionId) return { state, effects: NONE };
  const effects: Effect[] = [];
  if (state.turn !== undefined) effects.push({ type: 'turn-ended' });
  effects.push({ type: 'turn-started' });
  return { state: { ...state, completionId, turn: { completionId, speculative: 0, final: 0 } }, effects };
}

function countText(state: OutputState, completionId: string, stage: Stage): OutputState {
  if (state.turn === undefined || !isSame(state.turn.completionId, completionId)) return state;
  return { ...state, turn: { ...state.turn, [stage]: state.turn[stage] + 1 } };
}

function endTurn(state: OutputState, completionId: string): Reduction {
  const { turn } = state;
  if (turn === undefined || !isSame(turn.completionId, completionId)) return { state, effects: NONE };
  return only({ ...state, turn: undefined }, { type: 'turn-ended' });
}

function interrupt(state: OutputState, completionId: string): Reduction {
  const { turn } = state;
  if (isStale(state, completionId)) return { state, effects: NONE };
  if (state.muted && isSame(state.completionId, completionId)) return { state, effects: NONE };
  const interruptedIds =
    completionId === ''
      ? state.interruptedIds
      : [...state.interruptedIds, completionId].slice(-REMEMBERED_INTERRUPTIONS);
  // A late event about an earlier answer must not cut off the current one.
  if (turn !== undefined && !isSame(turn.completionId, completionId)) {
    return { state: { ...state, interruptedIds }, effects: NONE };
  }
  const silenced: OutputState = {
    ...state,
    completionId: completionId === '' ? state.completionId : completionId,
    turn: undefined,
    muted: true,
    interruptedIds,
    deadContentId: state.audioContentId,
  };
  return only(silenced, { type: 'interrupted' });
}

/** Whether a completion was interrupted and another has begun since. */
function isStale(state: OutputState, completionId: string): boolean {
  return completionId !== state.completionId && state.interruptedIds.includes(completionId);
}

function isSame(left: string, right: string): boolean {
  return left === right || left === '' || right === '';
}

function transcript(role: 'user' | 'assistant', text: string, stage: Stage): Effect {
  return { type: 'transcript', transcript: { role, text, stage } };
}

function only(state: OutputState, effect: Effect): Reduction {
  return { state, effects: [effect] };
}
