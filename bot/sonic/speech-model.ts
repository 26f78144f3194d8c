import type { VoiceState } from '../audio';
import type { BotError } from '../errors';

/** A function the model may call. `inputSchema` is a JSON Schema object. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** Something said earlier in the call. */
export interface HistoryMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface SessionOptions {
  readonly callId: string;
  readonly systemPrompt: string;
  readonly voiceId: string;
  readonly tools: readonly ToolSpec[];
  /** Asked for each stream that is opened, where they may change in the middle of a call. */
  readonly currentTools?: () => readonly ToolSpec[];
  /** How soon a pause counts as the end of the caller's turn. */
  readonly endpointingSensitivity: 'HIGH' | 'MEDIUM' | 'LOW';
}

/** Another agent, who takes a conversation over in the middle. */
export interface Successor extends SessionOptions {
  /** What it is told to begin with; the caller's last words are put behind. No part of the history. */
  readonly opening: string;
}

/** A piece of what was, or is about to be, said. */
export interface Transcript {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** What the assistant is about to speak is `speculative`: what was heard of it, the call knows. The caller's words are `final`. */
  readonly stage: 'speculative' | 'final';
}

export interface ToolRequest {
  readonly toolUseId: string;
  readonly name: string;
  /** As the model wrote it: JSON text, not checked. */
  readonly argumentsJson: string;
}

/** Tokens since the last report. */
export interface Usage {
  readonly inputSpeechTokens: number;
  readonly inputTextTokens: number;
  readonly outputSpeechTokens: number;
  readonly outputTextTokens: number;
}

/** A planned change of streams: the service ends each after eight minutes. */
export interface Rotation {
  /** How long nobody listened to the caller; the caller's audio of that time was given to the new stream. */
  readonly gapMs: number;
  /** How old the former stream was. */
  readonly ageMs: number;
  /** Nobody waited for a calm moment any more: somebody may have been speaking. */
  readonly forced: boolean;
}

/** A sentence that the caller has not heard to its end. */
export interface UnheardSentence {
  readonly text: string;
  /** All of its audio has come, so it will be heard unless something cuts it off. */
  readonly isWhole: boolean;
}

/** What the caller hears of the model, asked at any time. */
export interface Hearing {
  /** Audio that the caller has not heard yet, in ms. */
  readonly unheardMs: number;
  /** How long ago the caller heard the last of it; 0 while there is more, Infinity before there was anything. */
  readonly quietForMs: number;
  /** In the order in which they will be heard. */
  readonly unheard: readonly UnheardSentence[];
}

/** What the model tells its call, and what it may ask of it. No method throws; none is called after `onEnd`. */
export interface SpeechEvents {
  readonly hearing: Hearing;
  /** 24 kHz mono audio, faster than real time; the array is the receiver's to keep. */
  onAudio(pcm24k: Int16Array): void;
  onTranscript(transcript: Transcript): void;
  /** The model noticed that the caller has ended a turn: told only where the service tells it. */
  onCallerFinished(): void;
  /** The model began to answer. */
  onTurnStarted(): void;
  /** The model has sent all of its answer, or its stream broke in the middle (`isBroken`); the caller may still be hearing it. */
  onTurnEnded(isBroken: boolean): void;
  /**
   * Barge-in (`caller`), or a stream that broke and whose answer will be given anew, as if none of it had been heard:
   * drop everything not yet heard. Ends an open turn in place of `onTurnEnded`, and may come after it.
   */
  onInterrupted(by: 'caller' | 'stream'): void;
  /** Once for each request, however often the model repeats it. */
  onToolUse(request: ToolRequest): void;
  onUsage(usage: Usage): void;
  /** The stream was lost and is being opened anew, at each attempt; the caller's audio is kept meanwhile. */
  onReconnecting(cause: BotError, attempt: number): void;
  /** `gapMs`: how long nobody listened. */
  onReconnected(gapMs: number): void;
  /** A new stream was asked what the former one has not answered to the end: an answer is owed. */
  onAskedAgain(): void;
  /** The conversation goes on, on another stream; nobody need notice. */
  onRotated(rotation: Rotation): void;
  /** The successor has the conversation. `gapMs`: how long nobody listened to the caller. */
  onHandedOver(gapMs: number): void;
  /** No stream could be opened for the successor: the former agent goes on. */
  onHandoverFailed(): void;
  /** Exactly once, last of all. */
  onEnd(end: SessionEnd): void;
}

const unheeded = (): void => undefined;

/** Of a session without a call: nobody hears anything, and nobody minds. */
export const NOBODY_LISTENS: SpeechEvents = {
  hearing: { unheardMs: 0, quietForMs: Infinity, unheard: [] },
  onAudio: unheeded,
  onTranscript: unheeded,
  onCallerFinished: unheeded,
  onTurnStarted: unheeded,
  onTurnEnded: unheeded,
  onInterrupted: unheeded,
  onToolUse: unheeded,
  onUsage: unheeded,
  onReconnecting: unheeded,
  onReconnected: unheeded,
  onAskedAgain: unheeded,
  onRotated: unheeded,
  onHandedOver: unheeded,
  onHandoverFailed: unheeded,
  onEnd: unheeded,
};

/** How a session ended. */
export type SessionEnd = { readonly kind: 'closed' } | { readonly kind: 'failed'; readonly error: BotError };

/** An open conversation with the model. */
export interface SpeechSession {
  /**
   * Caller's audio, 16 kHz mono, in pieces of any size; an empty one tells a change of voice alone. Silence is filled in
   * when none comes. Never throws.
   * @param voice whether the caller is speaking at the end of it
   */
  sendAudio(pcm16k: Int16Array, voice: VoiceState): void;
  /** Typed text that the model answers aloud. Not reported as a transcript, though the model may repeat it. */
  sendText(text: string): void;
  /** Something the model should know when it answers next; brings no answer by itself. */
  addContext(text: string): void;
  /** The caller has heard, or read, this of an answer: a sentence, or as much of one as was heard. */
  heard(text: string): void;
  /**
   * Gives the conversation to another agent: a stream is opened with its prompt, voice and tools, is told what was said, and
   * takes over as soon as it is there. Until then what this one says or asks for reaches nobody; the caller is listened to.
   */
  handOver(successor: Successor): void;
  /**
   * Answers a tool request; a second answer for the same id is dropped. `json` is any JSON text.
   * @param forOthers what a stream may be told that did not ask: it stays in the history. Default: the same
   */
  sendToolResult(toolUseId: string, json: string, forOthers?: string): void;
  /** Polite, bounded, idempotent; `onEnd` has been called when it resolves. */
  close(): Promise<void>;
}

/** Whether new conversations can be had at this moment, as far as is known. */
export type ModelHealth =
  | { readonly ok: true }
  /** `detail` is for an operator. */
  | { readonly ok: false; readonly detail: string; readonly retryAfterMs: number };

/** A model that hears and speaks. */
export interface SpeechModel {
  /** Left out by a model that does not keep watch over itself. */
  readonly health?: ModelHealth;
  /**
   * Opens a conversation; resolves when the model's side has accepted it. `signal` ends the opening only.
   * @throws BotError `model_*` or `credentials_unavailable` when it cannot be opened; `onEnd` is not called then.
   */
  open(options: SessionOptions, events: SpeechEvents, signal: AbortSignal): Promise<SpeechSession>;
}
