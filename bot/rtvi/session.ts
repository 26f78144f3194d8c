import { type Clock, RateLimit } from '../time';
import type { RtviMessage, RtviMetrics } from './messages';
import { RTVI_PROTOCOL_VERSION, rtviEvent, rtviReply } from './messages';
import type { ProtocolMajor, OutputSegment } from './output';
import { OutputOrder } from './output';
import { parseClientMessage } from './parse';
import { TypedTextBudget, type TypedTextLimits, type TypedTextVerdict } from './typed-text-budget';

/** What a client asks of the call. Called synchronously from `receive`; an exception is answered with an error-response. */
export interface RtviHandlers {
  /** Once a session, at the first `client-ready`. */
  onClientReady(): void;
  onSendText(text: string, options: { runImmediately: boolean; audioResponse: boolean }): void;
  onDisconnectBot(): void;
  /** Answer with `serverResponse(id, …)` or `errorResponse(id, …)` within 10 s, or the client gives up. */
  onClientMessage(id: string, t: string, d: unknown): void;
}

export interface RtviSessionOptions {
  send(message: RtviMessage): void;
  readonly clock: Clock;
  /** How much the caller may type. */
  readonly typedText: TypedTextLimits;
  readonly handlers: RtviHandlers;
  /** Told of each message that was refused or dropped; `reason` holds nothing a client wrote. */
  onMalformed?(reason: string): void;
}

/* A person and a client library send a few messages a second at most. */
const MESSAGES_BURST = 100;
const MESSAGES_PER_SECOND = 50;
const REFUSALS_BURST = 20;
const REFUSALS_PER_SECOND = 2;

const TYPED_TOO_MUCH: Readonly<Record<Exclude<TypedTextVerdict, 'fits'>, string>> = {
  'too-fast': 'Too much text at once: the bot has not read this. Please wait a little, or say it.',
  'used-up': 'This call has had all the text that it may: the bot has not read this. Please say it.',
};

/**
 * The RTVI side of one call, whatever carries it: reads a client's messages and says to it, in the order Pipecat's
 * clients expect, what happens in the call. Reports that repeat what was said last are dropped, so that callers need
 * not keep account. Never throws. Source: RTVI 2.1.0 and Pipecat's RTVIProcessor and RTVIObserver.
 */
export class RtviSession {
  readonly #options: RtviSessionOptions;
  readonly #output = new OutputOrder();
  readonly #messageLimit: RateLimit;
  readonly #refusalLimit: RateLimit;
  readonly #typedText: TypedTextBudget;
  /** Id of the client-ready not answered yet. */
  #readyRequest: string | undefined;
  #clientReady = false;
  #botReady = false;
  #version = RTVI_PROTOCOL_VERSION;
  /** 2 unless the client said that it speaks protocol 1. */
  #protocolMajor: ProtocolMajor = 2;
  #userSpeaking = false;
  #botSpeaking = false;
  #turnOpen = false;
  #closed = false;

  constructor(options: RtviSessionOptions) {
    this.#options = options;
    const { clock, typedText: limits } = options;
    this.#messageLimit = new RateLimit({ clock, burst: MESSAGES_BURST, perSecond: MESSAGES_PER_SECOND });
    this.#refusalLimit = new RateLimit({ clock, burst: REFUSALS_BURST, perSecond: REFUSALS_PER_SECOND });
    this.#typedText = new TypedTextBudget({ clock, limits });
  }

  /** Takes anything that arrived from the client. */
  receive(message: unknown): void {
    if (this.#closed) return;
    if (!this.#messageLimit.take()) {
      this.#options.onMalformed?.('too many messages');
      return;
    }
    const parsed = parseClientMessage(message);
    const { handlers } = this.#options;
    switch (parsed.kind) {
      case 'client-ready':
        this.#onClientReady(parsed.id, parsed.version);
        return;
      case 'send-text': {
        const { id, text, runImmediately, audioResponse } = parsed;
        const verdict = this.#typedText.take(text);
        if (verdict !== 'fits') {
          this.#refuse(id, TYPED_TOO_MUCH[verdict], 'too much text');
          return;
        }
        this.#run(id, () => handlers.onSendText(text, { runImmediately, audioResponse }));
        return;
      }
      case 'disconnect-bot':
        this.#run(parsed.id, () => handlers.onDisconnectBot());
        return;
      case 'client-message':
        this.#run(parsed.id, () => handlers.onClientMessage(parsed.id, parsed.t, parsed.d));
        return;
      case 'unsupported':
        this.#refuse(parsed.id, `Unsupported type ${parsed.type}`, 'unsupported type');
        return;
      case 'invalid':
        this.#refuse(parsed.id, `Invalid message: ${parsed.reason}`, 'invalid data');
        return;
      case 'malformed':
        this.#refuse(undefined, `Invalid message: ${parsed.reason}`, 'malformed envelope');
    }
  }

  /** The bot can talk: answers `client-ready` as soon as that has come too. */
  botReady(): void {
    this.#botReady = true;
    this.#answerReady();
  }

  userStartedSpeaking(): void {
    if (this.#userSpeaking) return;
    this.#userSpeaking = true;
    this.#send(rtviEvent('user-started-speaking', undefined));
  }

  userStoppedSpeaking(): void {
    if (!this.#userSpeaking) return;
    this.#userSpeaking = false;
    this.#send(rtviEvent('user-stopped-speaking', undefined));
  }

  /** What the caller said; `final` when it will not change. */
  userTranscription(text: string, final: boolean): void {
    const timestamp = new Date(this.#options.clock.epochMs()).toISOString();
    this.#send(rtviEvent('user-transcription', { text, user_id: 'user', timestamp, final }));
  }

  /** What the model was given as the caller's words: typed text, or a final transcript. */
  userLlmText(text: string): void {
    this.#send(rtviEvent('user-llm-text', { text }));
  }

  userMuted(muted: boolean): void {
    this.#send(rtviEvent(muted ? 'user-mute-started' : 'user-mute-stopped', undefined));
  }

  /** The model began an answer. A speech-to-speech model is both the LLM and the TTS of Pipecat's pipeline. */
  botTurnStarted(): void {
    if (this.#turnOpen) return;
    this.#turnOpen = true;
    this.#send(rtviEvent('bot-llm-started', undefined));
    this.#send(rtviEvent('bot-tts-started', undefined));
  }

  /** A sentence of the answer, ahead of its audio. */
  botLlmText(text: string): void {
    this.botTurnStarted();
    this.#send(rtviEvent('bot-llm-text', { text }));
    this.#send(rtviEvent('bot-transcription', { text }));
    this.#send(rtviEvent('bot-tts-text', { text }));
  }

  botTurnEnded(): void {
    if (!this.#turnOpen) return;
    this.#turnOpen = false;
    this.#send(rtviEvent('bot-llm-stopped', undefined));
    this.#send(rtviEvent('bot-tts-stopped', undefined));
  }

  /** The caller begins to hear the bot. */
  botStartedSpeaking(): void {
    if (this.#botSpeaking) return;
    this.#botSpeaking = true;
    this.#send(rtviEvent('bot-started-speaking', undefined));
    for (const message of this.#output.started(this.#protocolMajor)) this.#send(message);
  }

  /** The caller has heard all there is for now. */
  botStoppedSpeaking(): void {
    if (!this.#botSpeaking) return;
    this.#botSpeaking = false;
    this.#output.stopped();
    this.#send(rtviEvent('bot-stopped-speaking', undefined));
  }

  /** Barge-in: ends the open turn and the bot's speaking as well. */
  botInterrupted(): void {
    this.#output.interrupted();
    this.#send(rtviEvent('bot-interrupted', undefined));
    this.botTurnEnded();
    this.botStoppedSpeaking();
  }

  /** How far a sentence has been spoken; see OutputOrder. */
  botOutput(segment: OutputSegment): void {
    for (const message of this.#output.report(segment, this.#protocolMajor)) this.#send(message);
  }

  metrics(metrics: RtviMetrics): void {
    if (Object.keys(metrics).length > 0) this.#send(rtviEvent('metrics', metrics));
  }

  functionCallStarted(): void {
    this.#send(rtviEvent('llm-function-call-started', {}));
  }

  functionCallInProgress(toolCallId: string, functionName?: string, args?: unknown): void {
    this.#send(
      rtviEvent('llm-function-call-in-progress', {
        tool_call_id: toolCallId,
        ...(functionName === undefined ? {} : { function_name: functionName }),
        ...(args === undefined ? {} : { arguments: args }),
      }),
    );
  }

  functionCallStopped(toolCallId: string, cancelled: boolean): void {
    this.#send(rtviEvent('llm-function-call-stopped', { tool_call_id: toolCallId, cancelled }));
  }

  /** Tells the client of a failure in words. `fatal` makes it disconnect at once: only right before closing. */
  error(text: string, fatal: boolean): void {
    this.#send(rtviEvent('error', { error: text, fatal }));
  }

  serverMessage(data: unknown): void {
    this.#send(rtviEvent('server-message', data));
  }

  /** Answers a `client-message`. */
  serverResponse(id: string, t: string, d?: unknown): void {
    this.#send(rtviReply('server-response', id, d === undefined ? { t } : { t, d }));
  }

  errorResponse(id: string, error: string): void {
    this.#send(rtviReply('error-response', id, { error }));
  }

  /** Nothing is read or sent from here on. */
  close(): void {
    this.#closed = true;
  }

  #onClientReady(id: string, version: string | undefined): void {
    const major = /^(\d{1,4})\.\d{1,4}(?:\.|$)/.exec(version ?? '')?.[1];
    if (major === '1' && version !== undefined) {
      this.#protocolMajor = 1;
      this.#version = version;
    } else {
      this.#protocolMajor = 2;
      this.#version = RTVI_PROTOCOL_VERSION;
      if (major !== '2') this.errorResponse(id, incompatible(version));
    }
    this.#readyRequest = id;
    if (!this.#clientReady) {
      this.#clientReady = true;
      this.#run(id, () => this.#options.handlers.onClientReady());
    }
    this.#answerReady();
  }

  #answerReady(): void {
    if (!this.#botReady || this.#readyRequest === undefined) return;
    const id = this.#readyRequest;
    this.#readyRequest = undefined;
    this.#send(rtviReply('bot-ready', id, { version: this.#version, about: { library: 'pipecat-voice-agent' } }));
  }

  /** Counts a refusal and answers it, unless there were too many: an answer to each would be an amplifier. */
  #refuse(id: string | undefined, text: string, reason: string): void {
    this.#options.onMalformed?.(reason);
    if (!this.#refusalLimit.take()) return;
    if (id === undefined) this.error(text, false);
    else this.errorResponse(id, text);
  }

  #run(id: string | undefined, handler: () => void): void {
    try {
      handler();
    } catch {
      this.#refuse(id, 'The bot could not do this', 'handler failed');
    }
  }

  #send(message: RtviMessage): void {
    if (!this.#closed) this.#options.send(message);
  }
}

function incompatible(version: string | undefined): string {
  const named = version === undefined ? 'unknown' : version.replace(/[^\w.+-]/g, '').slice(0, 20);
  return `RTVI version ${named} is not compatible with server protocol ${RTVI_PROTOCOL_VERSION}. Compatibility issues may occur.`;
}
