import type { ToolRequest, Transcript, Usage } from '../speech-model';
import type { OutputEvent, Stage } from './parse-output';

/** What an output event means to the call. */
export type Effect =
  | { readonly type: 'audio'; readonly base64: string }
  | { readonly type: 'transcript'; readonly transcript: Transcript }
  | { readonly type: 'turn-started' }
  | { readonly type: 'turn-ended' }
  /** The answer given last is cut off: `by` the caller's voice, which matters only if it is still heard, or by the model. */
  | { readonly type: 'interrupted'; readonly by: 'caller' | 'model' }
  /** The model hears the caller speak. */
  | { readonly type: 'caller-heard' }
  | { readonly type: 'caller-finished' }
  | { readonly type: 'tool-use'; readonly request: ToolRequest }
  | { readonly type: 'usage'; readonly usage: Usage }
  | {
      readonly type: 'ignored';
      readonly what: 'unknownEvents' | 'malformedEvents' | 'lateAudio';
      readonly name: string;
    };

/** What our side did, which the model's output is to be understood by. */
export type OwnEvent =
  /** Text was typed to the model: what it sends next may answer that. */
  | { readonly kind: 'own-text' }
  /** The caller has been silent for a while, whatever the model says of it. */
  | { readonly kind: 'caller-silent' }
  /** The answer is taken for ended, though the model has not said so. */
  | { readonly kind: 'turn-over' };

export function isOwn({ kind }: OutputEvent | OwnEvent): boolean {
  return kind === 'own-text' || kind === 'caller-silent' || kind === 'turn-over';
}

interface Block {
  readonly contentId: string;
  readonly type: string;
  readonly role: string;
  readonly stage: Stage;
  /** Text to be committed at the block's end. */
  readonly text: string;
}

/** An answer: from its first sentence or sound to its last sound. */
interface Answer {
  readonly completionId: string;
  readonly isOpen: boolean;
  readonly isInterrupted: boolean;
  /** Something was said or typed to the model since it began: what begins next is another answer. */
  readonly isFollowed: boolean;
}

/**
 * Why the model's sound is not let through, and what ends that. What the service still sends of an answer that the
 * caller's voice cut off may run on for seconds: only after the caller's words, or that answer's end, is it another.
 */
type Muted = 'no' | 'until-next-answer' | 'until-caller-paused';

/** What one stream's output has told so far. */
export interface OutputState {
  readonly block: Block | undefined;
  /** The answer that began last. */
  readonly answer: Answer | undefined;
  readonly muted: Muted;
  /** Whether sound alone may begin an answer after an interruption: once the caller's words have come. */
  readonly isUnmutedBySound: boolean;
  /** The model has told that the caller speaks, and not yet that they have ended. */
  readonly isCallerSpeaking: boolean;
  /** Our own text cuts off what the model still sends, and it says so as if the caller had. */
  readonly isOwnTextPending: boolean;
  /** The completion begun last, and those interrupted lately, newest last. */
  readonly completionId: string;
  readonly interruptedIds: readonly string[];
  readonly audioContentId: string | undefined;
  /** Audio block that was cut off by the last interruption. */
  readonly deadContentId: string | undefined;
  /** A tool's use of which not all arguments seem to have come. */
  readonly heldTool: ToolRequest | undefined;
  /** Sentences announced lately, to know those again that come without a stage. */
  readonly announced: readonly string[];
  /** What the next sound says: the sentence announced for it or, without one, a text that has been announced before. */
  readonly words: { readonly text: string; readonly isAnnounced: boolean } | undefined;
}

export const INITIAL_OUTPUT: OutputState = {
  block: undefined,
  heldTool: undefined,
  answer: undefined,
  muted: 'no',
  isUnmutedBySound: true,
  isCallerSpeaking: false,
  isOwnTextPending: false,
  completionId: '',
  interruptedIds: [],
  audioContentId: undefined,
  deadContentId: undefined,
  announced: [],
  words: undefined,
};

export interface Reduction {
  readonly state: OutputState;
  readonly effects: readonly Effect[];
}

/** A late word about an interrupted completion comes within a few completions, or never. */
const REMEMBERED_INTERRUPTIONS = 8;
const REMEMBERED_SENTENCES = 32;

const NONE: readonly Effect[] = [];
const INTERRUPTED_MARKER = /^\s*\{\s*"interrupted"\s*:\s*true\s*\}\s*$/;

/**
 * The rules of the model's output, without I/O: `(state, event) → state + effects`.
 *
 * An answer is known by what we see, never by the service's ids: it begins with a sentence or sound after the
 * caller spoke or text was typed, and ends with its last sound, an interruption, or our own patience. Final texts come
 * at the pace of playback, late, twice or never, so they end nothing. The service was seen to use one completion for a
 * whole session; where it uses one for each answer, the ids tell late words about an old answer from the present one.
 *
 * A barge-in is the first of: the caller begins to speak, a block that ends as interrupted, the marker in a text. It
 * takes effect once for each answer, and what the service still sends of that answer is dropped.
 */
export function reduceOutput(state: OutputState, event: OutputEvent | OwnEvent): Reduction {
  switch (event.kind) {
    case 'audio':
      return onAudio(state, event);
    case 'text':
      return onText(state, event);
    case 'block-start':
      return onBlockStart(state, event);
    case 'block-end': {
      const { heldTool } = state;
      const ended = onBlockEnd({ ...state, heldTool: undefined }, event);
      return heldTool === undefined ? ended : also(ended, { type: 'tool-use', request: heldTool });
    }
    case 'completion-start':
      return onCompletionStart(state, event.completionId);
    case 'completion-end':
      return isOther(state.answer, event.completionId) ? same(state) : endAnswer(state);
    case 'speech-start':
      return onSpeechStart(state);
    case 'speech-end':
      return only({ ...state, isCallerSpeaking: false }, { type: 'caller-finished' });
    case 'caller-silent':
      return same(callerPaused({ ...state, isCallerSpeaking: false }));
    case 'own-text':
      return same(onOwnText(state));
    case 'turn-over':
      return endAnswer(state);
    case 'tool-use':
      return onToolUse(state, event);
    case 'usage':
      return only(state, { type: 'usage', usage: event.usage });
    case 'unknown':
      return only(state, { type: 'ignored', what: 'unknownEvents', name: event.name });
    case 'malformed':
      return only(state, { type: 'ignored', what: 'malformedEvents', name: event.name });
  }
}

/** Whether the model is in the middle of an answer. */
export function isAnswering(state: OutputState): boolean {
  return state.answer?.isOpen === true;
}

/** Arguments may come in pieces: what is no JSON yet waits for the next one, or for the end of its block. */
function onToolUse(
  state: OutputState,
  { toolUseId, name, json }: Extract<OutputEvent, { kind: 'tool-use' }>,
): Reduction {
  const { heldTool } = state;
  const before = heldTool?.toolUseId === toolUseId ? heldTool.argumentsJson : '';
  const request = { toolUseId, name, argumentsJson: before + json };
  if (!isJson(request.argumentsJson)) return same({ ...state, heldTool: request });
  return only({ ...state, heldTool: undefined }, { type: 'tool-use', request });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function onAudio(state: OutputState, event: Extract<OutputEvent, { kind: 'audio' }>): Reduction {
  const isLate =
    (event.contentId !== '' && event.contentId === state.deadContentId) || isStale(state, event.completionId);
  if (isMuted(state) || isLate) return only(state, { type: 'ignored', what: 'lateAudio', name: 'audioOutput' });
  return also(beginAnswer(state, event.completionId), { type: 'audio', base64: event.base64 });
}

function onText(state: OutputState, event: Extract<OutputEvent, { kind: 'text' }>): Reduction {
  if (INTERRUPTED_MARKER.test(event.text)) return interruptByModel(state, event.completionId);
  const { block } = state;
  if (block?.type !== 'TEXT') return same(state);
  const stage = stageOf(state, block, event.text);
  if (stage === 'final') {
    const isSaidAgain = block.stage === 'unmarked' && state.words?.isAnnounced !== true;
    const words = isSaidAgain ? { text: event.text, isAnnounced: false } : state.words;
    return same({ ...state, words, block: { ...block, stage, text: block.text + event.text } });
  }
  const begun = block.stage === 'unmarked' ? beginSentence(state, event.completionId) : same(state);
  return isMuted(begun.state) || event.text.trim() === '' ? begun : announce(begun, event.text);
}

function announce({ state, effects }: Reduction, text: string): Reduction {
  const announced = [...state.announced, text].slice(-REMEMBERED_SENTENCES);
  const next = { ...state, announced, words: { text, isAnnounced: true } };
  return also({ state: next, effects }, transcript('assistant', text, 'speculative'));
}

/**
 * A text without a stage is announced now or, where it has been before, tells what was spoken, once or more often; sound
 * that follows shows that it is to be said again. The caller's words are always final.
 */
function stageOf({ announced }: OutputState, { role, stage }: Block, text: string): 'speculative' | 'final' {
  if (role !== 'ASSISTANT') return 'final';
  if (stage !== 'unmarked') return stage;
  return announced.includes(text) ? 'final' : 'speculative';
}

function onBlockStart(state: OutputState, event: Extract<OutputEvent, { kind: 'block-start' }>): Reduction {
  const { contentId, completionId, type, role, stage } = event;
  const opened: OutputState = { ...state, block: { contentId, type, role, stage, text: '' } };
  if (role !== 'ASSISTANT' || isStale(state, completionId)) return same(opened);
  if (type === 'TEXT') return stage === 'speculative' ? beginSentence(opened, completionId) : same(opened);
  if (type !== 'AUDIO') return same(opened);
  const mayBegin = !isCallersTurn(state) && (state.isUnmutedBySound || isNewCompletion(state, completionId));
  if (isMuted(state) && !mayBegin) return same(opened);
  const deadContentId = state.deadContentId === contentId ? undefined : state.deadContentId;
  const { words } = state;
  const sounding: OutputState = { ...opened, muted: 'no', audioContentId: contentId, deadContentId };
  const begun = beginAnswer(sounding, completionId);
  const told = words === undefined || words.isAnnounced ? begun : announce(begun, words.text);
  return { ...told, state: { ...told.state, words: undefined } };
}

/** A sentence that is announced begins an answer, and is the end of any silence; not while the caller speaks. */
function beginSentence(state: OutputState, completionId: string): Reduction {
  if (isCallersTurn(state)) return same(state);
  return beginAnswer({ ...state, muted: 'no' }, completionId);
}

function onBlockEnd(state: OutputState, event: Extract<OutputEvent, { kind: 'block-end' }>): Reduction {
  const { block } = state;
  const { state: closed, effects: spoken } = commit({ ...state, block: undefined }, block);
  const type = block?.type ?? event.type;
  const after =
    event.stopReason === 'INTERRUPTED' && block?.role !== 'USER'
      ? interruptByModel(closed, event.completionId)
      : event.stopReason === 'END_TURN' && type !== 'TEXT' && !isOther(closed.answer, event.completionId)
        ? endAnswer(isMuted(closed) ? callerPaused(closed) : closed)
        : same(closed);
  return { state: after.state, effects: [...spoken, ...after.effects] };
}

/** The whole text of a block that tells what was said. */
function commit(state: OutputState, block: Block | undefined): Reduction {
  if (block?.type !== 'TEXT' || block.text.trim() === '') return same(state);
  if (block.role === 'USER') return onCallersWords(state, block.text);
  if (block.role !== 'ASSISTANT') return same(state);
  return only(state, transcript('assistant', block.text, 'final'));
}

function onCompletionStart(state: OutputState, completionId: string): Reduction {
  const ended = endAnswer(state);
  const interruptedIds = state.interruptedIds.filter((id) => id !== completionId);
  const muted = state.muted === 'until-next-answer' ? 'no' : state.muted;
  return { state: { ...ended.state, completionId, muted, interruptedIds }, effects: ended.effects };
}

/** The caller may still hear an answer that has ended here: whether there is anything to cut off, playback knows. */
function onSpeechStart(state: OutputState): Reduction {
  const speaking = followed({ ...state, isCallerSpeaking: true, isOwnTextPending: false });
  const { answer } = speaking;
  if (answer === undefined || answer.isInterrupted) return only(speaking, { type: 'caller-heard' });
  const cut = interrupt(speaking, 'caller');
  // Of an answer that has ended nothing comes once the caller has spoken.
  const after = answer.isOpen
    ? { ...cut.state, muted: 'until-caller-paused' as const }
    : { ...cut.state, muted: state.muted };
  return { state: after, effects: [{ type: 'caller-heard' }, ...cut.effects] };
}

/** The words may be all that tells of a barge-in: a model that told that the caller spoke has been cut off by that. */
function onCallersWords(state: OutputState, text: string): Reduction {
  const { answer } = state;
  const isToldAlready = answer === undefined || answer.isInterrupted || answer.isFollowed || state.isOwnTextPending;
  const cut = isToldAlready ? same(state) : interrupt(state, 'caller');
  const muted = answer?.isOpen === true ? cut.state.muted : state.muted;
  const paused = callerPaused(followed({ ...cut.state, muted, isCallerSpeaking: false }));
  return also({ ...cut, state: paused }, transcript('user', text, 'final'));
}

/** Text typed into an answer cuts it off: what is still to come of its running sound belongs to nobody. */
function onOwnText(state: OutputState): OutputState {
  const deadContentId = state.answer?.isOpen === true ? state.audioContentId : state.deadContentId;
  return followed({ ...state, deadContentId, isOwnTextPending: true });
}

/** The caller has said something, or what they cut off has ended: what the model sends from now on may be the answer. */
function callerPaused(state: OutputState): OutputState {
  const muted = state.muted === 'until-caller-paused' ? 'until-next-answer' : state.muted;
  return { ...state, muted, isUnmutedBySound: true };
}

function followed(state: OutputState): OutputState {
  const { answer } = state;
  return { ...state, words: undefined, answer: answer === undefined ? undefined : { ...answer, isFollowed: true } };
}

function beginAnswer(state: OutputState, completionId: string): Reduction {
  const { answer } = state;
  if (answer?.isOpen === true && !answer.isFollowed && !isOther(answer, completionId)) return same(state);
  const begun: Answer = { completionId, isOpen: true, isInterrupted: false, isFollowed: false };
  return {
    state: { ...state, completionId, answer: begun, isOwnTextPending: false },
    effects: answer?.isOpen === true ? [{ type: 'turn-ended' }, { type: 'turn-started' }] : [{ type: 'turn-started' }],
  };
}

function endAnswer(state: OutputState): Reduction {
  const { answer } = state;
  if (answer?.isOpen !== true) return same(state);
  return only({ ...state, answer: { ...answer, isOpen: false } }, { type: 'turn-ended' });
}

function interruptByModel(state: OutputState, completionId: string): Reduction {
  const { answer } = state;
  if (isStale(state, completionId) || state.isOwnTextPending) return same(state);
  const isKnown = completionId === '' || state.interruptedIds.includes(completionId);
  const interruptedIds = isKnown
    ? state.interruptedIds
    : [...state.interruptedIds, completionId].slice(-REMEMBERED_INTERRUPTIONS);
  // A late word about an earlier answer must not cut off the present one.
  if (isOther(answer, completionId) && answer?.isOpen === true) return same({ ...state, interruptedIds });
  if (answer?.isInterrupted === true && !isOther(answer, completionId)) return same(state);
  return interrupt({ ...state, interruptedIds }, 'model');
}

function interrupt(state: OutputState, by: 'caller' | 'model'): Reduction {
  const { answer } = state;
  const silenced: OutputState = {
    ...state,
    answer: answer === undefined ? undefined : { ...answer, isOpen: false, isInterrupted: true },
    muted: state.isCallerSpeaking ? 'until-caller-paused' : 'until-next-answer',
    isUnmutedBySound: false,
    deadContentId: state.audioContentId,
  };
  return only(silenced, { type: 'interrupted', by });
}

/** Whether what comes is dropped: it belongs to an answer that was cut off. */
export function isMuted(state: OutputState): boolean {
  return state.muted !== 'no' || isCallersTurn(state);
}

/** Whatever is sent now was begun before: an answer of which each sentence claims to be the last goes on, too. */
function isCallersTurn({ muted, isCallerSpeaking }: OutputState): boolean {
  return muted === 'until-caller-paused' || isCallerSpeaking;
}

function isNewCompletion(state: OutputState, completionId: string): boolean {
  return completionId !== state.completionId;
}

/** Whether a completion was interrupted and another has begun since. */
function isStale(state: OutputState, completionId: string): boolean {
  return isNewCompletion(state, completionId) && state.interruptedIds.includes(completionId);
}

/** Whether the service's ids say that something belongs to another answer. */
function isOther(answer: Answer | undefined, completionId: string): boolean {
  return (
    answer !== undefined && completionId !== '' && answer.completionId !== '' && answer.completionId !== completionId
  );
}

function transcript(role: 'user' | 'assistant', text: string, stage: 'speculative' | 'final'): Effect {
  return { type: 'transcript', transcript: { role, text, stage } };
}

function same(state: OutputState): Reduction {
  return { state, effects: NONE };
}

function only(state: OutputState, effect: Effect): Reduction {
  return { state, effects: [effect] };
}

function also({ state, effects }: Reduction, effect: Effect): Reduction {
  return { state, effects: [...effects, effect] };
}
