import type { VoiceState } from '../../bot/audio';
import { BotError } from '../../bot/errors';
import type { SessionOptions, SpeechEvents, SpeechModel, SpeechSession, Successor } from '../../bot/sonic/speech-model';

/** A model whose part a test plays by hand; it keeps what it was told, and refuses what the real one refuses. */
export class ScriptedModel implements SpeechModel {
  readonly sessions: ScriptedSession[] = [];
  failToOpen: BotError | undefined;

  open(options: SessionOptions, events: SpeechEvents): Promise<SpeechSession> {
    if (this.failToOpen !== undefined) return Promise.reject(this.failToOpen);
    const session = new ScriptedSession(options, events);
    this.sessions.push(session);
    return Promise.resolve(session);
  }

  get only(): ScriptedSession {
    const [session] = this.sessions;
    if (session === undefined || this.sessions.length > 1) throw new Error(`${this.sessions.length} sessions`);
    return session;
  }
}

export class ScriptedSession implements SpeechSession {
  readonly texts: string[] = [];
  readonly contexts: string[] = [];
  readonly toolResults: { toolUseId: string; json: string }[] = [];
  heardMs = 0;
  /** What the caller has heard of the model. */
  readonly heardByCaller: string[] = [];
  voice: VoiceState = 'silent';
  closes = 0;
  #ended = false;

  constructor(
    readonly options: SessionOptions,
    readonly events: SpeechEvents,
  ) {}

  sendAudio(pcm16k: Int16Array, voice: VoiceState): void {
    this.heardMs += pcm16k.length / 16;
    this.voice = voice;
  }

  sendText(text: string): void {
    this.texts.push(text);
  }

  addContext(text: string): void {
    this.contexts.push(text);
  }

  heard(text: string): void {
    this.heardByCaller.push(text);
  }

  readonly successors: Successor[] = [];

  handOver(successor: Successor): void {
    this.successors.push(successor);
  }

  sendToolResult(toolUseId: string, json: string): void {
    if (this.toolResults.some((result) => result.toolUseId === toolUseId)) throw new Error('answered twice');
    JSON.parse(json);
    this.toolResults.push({ toolUseId, json });
  }

  close(): Promise<void> {
    this.closes += 1;
    if (!this.#ended) {
      this.#ended = true;
      this.events.onEnd({ kind: 'closed' });
    }
    return Promise.resolve();
  }

  /** The model answers: a sentence and its audio, all at once, as fast as the real one sends it. */
  speak(text: string, audioMs: number): void {
    this.events.onTurnStarted();
    this.events.onTranscript({ role: 'assistant', text, stage: 'speculative' });
    this.events.onAudio(new Int16Array(audioMs * 24).fill(1_000));
    this.events.onTurnEnded(false);
  }

  fail(error = new BotError('model_unavailable', 'gone')): void {
    this.#ended = true;
    this.events.onEnd({ kind: 'failed', error });
  }
}
