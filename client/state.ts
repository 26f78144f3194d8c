import { pageIn } from '../contract/languages/page';
import type { Problem } from './problems';
import type { LatencyParts } from './server-messages';
import {
  botBrokenOff,
  botCutOff,
  botReported,
  botTurnOver,
  callerSaid,
  callerTyped,
  EMPTY_TRANSCRIPT,
  toolAnswered,
  toolCalled,
  troubled,
  type SpokenReport,
  type ToolAnswer,
  type ToolCall,
  type Transcript,
} from './transcript';

/** Who is speaking, or being waited for. `greeting`: the agent will speak first. */
export type Activity = 'greeting' | 'listening' | 'hearing' | 'thinking' | 'looking-up' | 'speaking';

/** Why a call ended. */
export type Ending =
  | { readonly kind: 'hung-up' }
  /** The agent ended it; `text` says why in the server's words. */
  | { readonly kind: 'by-agent'; readonly reason: string | undefined; readonly text: string | undefined }
  | { readonly kind: 'lost' };

/** The phase the page is in. */
export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting'; readonly step: 'microphone' | 'agent' | 'media' }
  /** All lines are busy; the page retries by itself. */
  | { readonly kind: 'waiting'; readonly problem: Problem; readonly secondsLeft: number }
  | { readonly kind: 'live'; readonly activity: Activity; readonly network: 'good' | 'broken' }
  | { readonly kind: 'hanging-up' }
  | { readonly kind: 'ended'; readonly ending: Ending }
  | { readonly kind: 'failed'; readonly problem: Problem };

export interface State {
  readonly phase: Phase;
  readonly muted: boolean;
  /** False when the caller joined to listen and type. */
  readonly microphone: boolean;
  readonly transcript: Transcript;
  /** From the end of the caller's speech to the answer's first sound, one for each answer, newest last. */
  readonly latenciesMs: readonly number[];
  /** Of the newest latency, where the server told them. */
  readonly latencyParts: LatencyParts | undefined;
  /** From the caller's first sound to the agent's silence, one for each interruption, newest last. */
  readonly bargeInsMs: readonly number[];
  /** Page clock when the call became live. */
  readonly liveSinceMs: number | undefined;
  /** The server's current notice, such as a reconnection of its own; the server withdraws it. */
  readonly notice: string | undefined;
  /** Whether what is said is kept; undefined: the server keeps nothing of such calls. */
  readonly isRecorded: boolean | undefined;
  /** Browsers may refuse to play sound until the page is touched. */
  readonly soundBlocked: boolean;
  /** The server's announcement of the end, if any. */
  readonly announcedEnd: { readonly reason: string | undefined; readonly text: string | undefined } | undefined;
  readonly turn: Turn;
  /** Of who speaks with the caller, or would, as a BCP 47 tag. */
  readonly language: string;
}

/** State of the current turn. */
interface Turn {
  readonly botSpeaking: boolean;
  /** The caller spoke or typed while the bot was speaking. */
  readonly brokenInto: boolean;
  /** When the caller stopped speaking, until the answer is heard; only for servers that do not report latency. */
  readonly callerStoppedAtMs: number | undefined;
  /** The server reports latencies itself. */
  readonly latencyReported: boolean;
}

export type CallEvent = PhaseEvent | TalkEvent;

type PhaseEvent =
  | { readonly type: 'starting'; readonly step: 'microphone' | 'agent' | 'media'; readonly microphone: boolean }
  | { readonly type: 'start-failed'; readonly problem: Problem }
  | { readonly type: 'retry-in'; readonly problem: Problem; readonly secondsLeft: number }
  | { readonly type: 'given-up' }
  | { readonly type: 'live'; readonly atMs: number }
  /** Another agent answers, or has the call now. */
  | { readonly type: 'agent-speaks'; readonly language: string }
  | { readonly type: 'mute-changed'; readonly muted: boolean }
  | { readonly type: 'sound-blocked'; readonly blocked: boolean }
  | { readonly type: 'call-ending'; readonly reason: string | undefined; readonly text: string | undefined }
  | { readonly type: 'bot-left' }
  | { readonly type: 'hanging-up' }
  | { readonly type: 'disconnected' };

/** Transcript and turn events. */
type TalkEvent =
  | { readonly type: 'caller-started-speaking' }
  | { readonly type: 'caller-stopped-speaking'; readonly atMs: number }
  /** `saidAt`: the server's time of it, which tells a repetition from the same words said again. */
  | { readonly type: 'caller-said'; readonly text: string; readonly final: boolean; readonly saidAt?: string }
  | { readonly type: 'caller-typed'; readonly text: string }
  | { readonly type: 'bot-thinking' }
  | { readonly type: 'bot-turn-over' }
  | { readonly type: 'bot-started-speaking'; readonly atMs: number }
  | { readonly type: 'bot-stopped-speaking' }
  | { readonly type: 'bot-output'; readonly report: SpokenReport }
  | { readonly type: 'lookup-started' }
  | { readonly type: 'lookup-stopped' }
  /** What a tool is asked, and answers: told to developers only. */
  | { readonly type: 'tool-called'; readonly call: ToolCall }
  | { readonly type: 'tool-answered'; readonly callId: string; readonly answer: ToolAnswer }
  | { readonly type: 'latency'; readonly ms: number; readonly parts?: LatencyParts | undefined }
  | { readonly type: 'barge-in'; readonly ms: number }
  | { readonly type: 'notice'; readonly text: string | undefined }
  | { readonly type: 'recording'; readonly isOn: boolean }
  | { readonly type: 'trouble'; readonly text: string }
  | { readonly type: 'microphone-gone' }
  | { readonly type: 'network'; readonly network: 'good' | 'broken' };

const FRESH_TURN: Turn = {
  botSpeaking: false,
  brokenInto: false,
  callerStoppedAtMs: undefined,
  latencyReported: false,
};

export const INITIAL_STATE: State = {
  phase: { kind: 'idle' },
  muted: false,
  microphone: true,
  transcript: EMPTY_TRANSCRIPT,
  latenciesMs: [],
  latencyParts: undefined,
  bargeInsMs: [],
  liveSinceMs: undefined,
  notice: undefined,
  isRecorded: undefined,
  soundBlocked: false,
  announcedEnd: undefined,
  turn: FRESH_TURN,
  language: 'en',
};

/** Speech that starts later than this is not an answer to what was said before it. */
const LATENCY_LIMIT_MS = 15_000;
const LATENCIES_KEPT = 50;

/** The state after `event`. Pure; returns the same object for an event that does not apply. */
export function reduce(state: State, event: CallEvent): State {
  switch (event.type) {
    case 'starting':
      return state.phase.kind === 'starting'
        ? { ...state, phase: { kind: 'starting', step: event.step } }
        : {
            ...INITIAL_STATE,
            language: state.language,
            microphone: event.microphone,
            phase: { kind: 'starting', step: event.step },
          };
    case 'start-failed':
      return { ...state, phase: { kind: 'failed', problem: event.problem } };
    case 'retry-in':
      return { ...state, phase: { kind: 'waiting', problem: event.problem, secondsLeft: event.secondsLeft } };
    case 'agent-speaks':
      return state.language === event.language ? state : { ...state, language: event.language };
    case 'given-up':
      return state.phase.kind === 'waiting' ? { ...state, phase: { kind: 'idle' } } : state;
    case 'mute-changed':
      return state.muted === event.muted ? state : { ...state, muted: event.muted };
    case 'sound-blocked':
      return { ...state, soundBlocked: event.blocked };
    case 'call-ending':
      return { ...state, announcedEnd: { reason: event.reason, text: event.text } };
    case 'bot-left':
      return state.announcedEnd === undefined
        ? { ...state, announcedEnd: { reason: undefined, text: undefined } }
        : state;
    case 'hanging-up':
      return isInCall(state) ? { ...state, phase: { kind: 'hanging-up' } } : state;
    case 'disconnected':
      return disconnected(state);
    case 'live':
      return {
        ...state,
        liveSinceMs: state.liveSinceMs ?? event.atMs,
        phase: { kind: 'live', activity: state.turn.botSpeaking ? 'speaking' : 'greeting', network: 'good' },
      };
    default:
      return talk(state, event);
  }
}

function talk(state: State, event: TalkEvent): State {
  const { transcript, turn } = state;
  switch (event.type) {
    case 'caller-started-speaking':
      return active(
        { ...state, turn: { ...turn, brokenInto: turn.botSpeaking || turn.brokenInto, callerStoppedAtMs: undefined } },
        'hearing',
      );
    case 'caller-stopped-speaking':
      return active(
        { ...state, turn: { ...turn, callerStoppedAtMs: event.atMs } },
        turn.botSpeaking ? 'speaking' : 'thinking',
      );
    case 'caller-said':
      return { ...state, transcript: callerSaid(transcript, event.text, event.final, event.saidAt) };
    case 'caller-typed':
      return active(
        { ...state, transcript: callerTyped(transcript, event.text), turn: { ...turn, brokenInto: turn.botSpeaking } },
        'thinking',
      );
    case 'bot-thinking':
      return turn.botSpeaking ? state : active({ ...state, transcript: botTurnOver(transcript) }, 'thinking');
    case 'bot-turn-over':
      return !turn.botSpeaking && activityOf(state) === 'thinking' ? active(state, 'listening') : state;
    case 'bot-started-speaking':
      return active(
        withMeasuredLatency({ ...state, turn: { ...turn, botSpeaking: true, brokenInto: false } }, event.atMs),
        'speaking',
      );
    case 'bot-stopped-speaking':
      return active(
        {
          ...state,
          transcript: turn.brokenInto ? botCutOff(transcript) : transcript,
          turn: { ...turn, botSpeaking: false, brokenInto: false },
        },
        activityOf(state) === 'speaking' ? 'listening' : undefined,
      );
    case 'bot-output':
      return { ...state, transcript: botReported(transcript, event.report) };
    case 'lookup-started':
      return turn.botSpeaking ? state : active(state, 'looking-up');
    case 'lookup-stopped':
      return activityOf(state) === 'looking-up' ? active(state, 'thinking') : state;
    case 'tool-called':
      return { ...state, transcript: toolCalled(transcript, event.call) };
    case 'tool-answered':
      return { ...state, transcript: toolAnswered(transcript, event.callId, event.answer) };
    case 'latency':
      return {
        ...withLatency(state, event.ms, event.parts),
        turn: { ...turn, latencyReported: true, callerStoppedAtMs: undefined },
      };
    case 'barge-in':
      return { ...state, bargeInsMs: added(state.bargeInsMs, event.ms) };
    case 'notice':
      return state.notice === event.text ? state : { ...state, notice: event.text };
    case 'recording':
      return state.isRecorded === event.isOn ? state : { ...state, isRecorded: event.isOn };
    case 'microphone-gone':
      return { ...state, transcript: troubled(transcript, pageIn(state.language).texts.microphoneGone) };
    case 'trouble':
      return { ...state, transcript: troubled(transcript, event.text) };
    case 'network':
      return state.phase.kind === 'live' ? { ...state, phase: { ...state.phase, network: event.network } } : state;
  }
}

/** Whether there is a call to hang up, even one that is still starting. */
export function isInCall({ phase }: State): boolean {
  return phase.kind === 'starting' || phase.kind === 'live' || phase.kind === 'hanging-up';
}

/** The median of figures so far; undefined while there is none. */
export function medianMs(figuresMs: readonly number[]): number | undefined {
  const sorted = figuresMs.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function disconnected(state: State): State {
  const { phase, announcedEnd } = state;
  const over = { ...state, transcript: botBrokenOff(state.transcript), turn: FRESH_TURN };
  switch (phase.kind) {
    case 'hanging-up':
      // A call that never began has no ending to show.
      return {
        ...over,
        phase: over.liveSinceMs === undefined ? { kind: 'idle' } : { kind: 'ended', ending: { kind: 'hung-up' } },
      };
    case 'live':
      return {
        ...over,
        phase: {
          kind: 'ended',
          ending: announcedEnd === undefined ? { kind: 'lost' } : { kind: 'by-agent', ...announcedEnd },
        },
      };
    default:
      return state; // while starting, the reason comes as start-failed
  }
}

function activityOf(state: State): Activity | undefined {
  return state.phase.kind === 'live' ? state.phase.activity : undefined;
}

function active(state: State, activity: Activity | undefined): State {
  if (activity === undefined || state.phase.kind !== 'live' || state.phase.activity === activity) return state;
  return { ...state, phase: { ...state.phase, activity } };
}

function withMeasuredLatency(state: State, atMs: number): State {
  const { callerStoppedAtMs, latencyReported } = state.turn;
  if (callerStoppedAtMs === undefined || latencyReported) return state;
  return {
    ...withLatency(state, atMs - callerStoppedAtMs),
    turn: { ...state.turn, callerStoppedAtMs: undefined },
  };
}

function withLatency(state: State, ms: number, parts?: LatencyParts): State {
  const latenciesMs = added(state.latenciesMs, ms);
  return latenciesMs === state.latenciesMs ? state : { ...state, latenciesMs, latencyParts: parts };
}

/** With one more, unless it cannot be one. */
function added(figuresMs: readonly number[], ms: number): readonly number[] {
  if (!Number.isFinite(ms) || ms < 0 || ms > LATENCY_LIMIT_MS) return figuresMs;
  return [...figuresMs, ms].slice(-LATENCIES_KEPT);
}
