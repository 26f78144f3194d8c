import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ } from '../audio';
import type { Clock } from '../time';
import { ClientRequests, type RtviHandlers } from './client-requests';
import { LevelMeter } from './level-meter';
import type { RtviMessage, RtviMetrics } from './messages';
import { RTVI_PROTOCOL_VERSION, rtviEvent, rtviReply } from './messages';
import type { ProtocolMajor, OutputSegment } from './output';
import { OutputOrder } from './output';
import { REPORTS_MESSAGE, type Reports } from './parse';
import type { TypedTextLimits } from './typed-text-budget';

export interface RtviSessionOptions {
  send(message: RtviMessage): void;
  readonly clock: Clock;
  /** How much the caller may type. */
  readonly typedText: TypedTextLimits;
  readonly handlers: RtviHandlers;
  /** Told of each message that was refused or dropped; `reason` holds nothing a client wrote. */
  onMalformed?(reason: string): void;
}

/**
 * The RTVI side of one call, whatever carries it: reads a client's messages and says to it, in the order Pipecat's
 * clients expect, what happens in the call. Reports that repeat what was said last are dropped, so that callers need
 * not keep account. Never throws. Source: RTVI 2.1.0 and Pipecat's RTVIProcessor and RTVIObserver.
 */
export class RtviSession {
  readonly #options: RtviSessionOptions;
  readonly #output = new OutputOrder();
  readonly #requests: ClientRequests;
  /** Id of the client-ready not answered yet. */
  #readyRequest: string | undefined;
  #botReady = false;
  #version = RTVI_PROTOCOL_VERSION;
  /** 2 unless the client said that it speaks protocol 1. */
  #protocolMajor: ProtocolMajor = 2;
  #userSpeaking = false;
  #botSpeaking = false;
  #turnOpen = false;
  #reports: Reports = { audioLevels: false, vad: false };
  readonly #userLevel = new LevelMeter(MODEL_INPUT_HZ);
  readonly #botLevel = new LevelMeter(MODEL_OUTPUT_HZ);
  #closed = false;

  constructor(options: RtviSessionOptions) {
    this.#options = options;
    this.#requests = new ClientRequests({
      ...options,
      session: {
        onVersion: (id, version) => this.#onVersion(id, version),
        onReadyAsked: (id) => {
          this.#readyRequest = id;
          this.#answerReady();
        },
        onReportsAsked: (id, reports) => {
          this.#reports = reports;
          this.serverResponse(id, REPORTS_MESSAGE, reports);
        },
        error: (text) => this.error(text, false),
        errorResponse: (id, text) => this.errorResponse(id, text),
      },
    });
  }

  /** Takes anything that arrived from the client. */
  receive(message: unknown): void {
    if (!this.#closed) this.#requests.take(message);
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

  /** Whether the caller is heard, as `user-…-speaking`, but of sound alone; told to clients that asked. */
  userVoice(heard: boolean): void {
    if (this.#reports.vad)
      this.#send(rtviEvent(heard ? 'vad-user-started-speaking' : 'vad-user-stopped-speaking', undefined));
  }

  /** Sound of the caller, 16 kHz, for clients that asked for levels. */
  userSound(pcm16k: Int16Array): void {
    if (this.#reports.audioLevels) this.#level('user-audio-level', this.#userLevel.push(pcm16k));
  }

  /** Sound the caller hears of the bot, 24 kHz, for clients that asked for levels. */
  botSound(pcm24k: Int16Array): void {
    if (this.#reports.audioLevels) this.#level('bot-audio-level', this.#botLevel.push(pcm24k));
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

  functionCallStopped(
    toolCallId: string,
    cancelled: boolean,
    shown?: { readonly name: string; readonly result: unknown },
  ): void {
    const told = shown === undefined ? {} : { function_name: shown.name, result: shown.result };
    this.#send(rtviEvent('llm-function-call-stopped', { tool_call_id: toolCallId, cancelled, ...told }));
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

  #level(type: 'user-audio-level' | 'bot-audio-level', value: number | undefined): void {
    if (value !== undefined) this.#send(rtviEvent(type, { value }));
  }

  #onVersion(id: string, version: string | undefined): void {
    const major = /^(\d{1,4})\.\d{1,4}(?:\.|$)/.exec(version ?? '')?.[1];
    if (major === '1' && version !== undefined) {
      this.#protocolMajor = 1;
      this.#version = version;
      return;
    }
    this.#protocolMajor = 2;
    this.#version = RTVI_PROTOCOL_VERSION;
    if (major !== '2') this.errorResponse(id, incompatible(version));
  }

  #answerReady(): void {
    if (!this.#botReady || this.#readyRequest === undefined) return;
    const id = this.#readyRequest;
    this.#readyRequest = undefined;
    this.#send(rtviReply('bot-ready', id, { version: this.#version, about: { library: 'pipecat-voice-agent' } }));
  }

  #send(message: RtviMessage): void {
    if (!this.#closed) this.#options.send(message);
  }
}

function incompatible(version: string | undefined): string {
  const named = version === undefined ? 'unknown' : version.replace(/[^\w.+-]/g, '').slice(0, 20);
  return `RTVI version ${named} is not compatible with server protocol ${RTVI_PROTOCOL_VERSION}. Compatibility issues may occur.`;
}
