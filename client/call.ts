import { LogLevel, PipecatClient, logger } from '@pipecat-ai/client-js';
import { callbacksFor } from './call-callbacks';
import type { Line } from './line';
import { Microphone } from './microphone';
import { openLine } from './open-line';
import { askForPlace } from './place';
import { AgentLeft, problemOf, StartTimeout } from './problems';
import type { CallEvent } from './state';

export interface CallOptions {
  /** Base URL of the bot's routes. */
  readonly baseUrl: string;
  readonly key: string | undefined;
  readonly microphone: boolean;
  readonly autoGain: boolean;
  readonly dispatch: (event: CallEvent) => void;
  /** The bot took the key, or wants none. */
  readonly onAccepted: () => void;
  /** The agent's voice; again after each reconnection. */
  readonly onVoice: (track: MediaStreamTrack) => void;
  /** The caller's microphone, for a level meter. */
  readonly onMicrophone: (stream: MediaStream) => void;
}

/** How long to wait for media and the agent, once there is a place for the call. */
const READY_LIMIT_MS = 25_000;

/** One attempt at a call, with a Pipecat client of its own: turns what the client reports into events. */
export class Call {
  readonly #options: CallOptions;
  readonly #microphone: Microphone;
  readonly #abandoned = new AbortController();
  #line: Line | undefined;
  #client: PipecatClient | undefined;
  /** The server's last error message. */
  #lastWords: string | undefined;
  #cancelled = false;
  #connected = false;
  #live = false;
  #ending: Promise<void> | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
    logger.setLevel(LogLevel.NONE);
    this.#microphone = new Microphone(
      { enabled: options.microphone, autoGain: options.autoGain },
      {
        onReplaced: (track) => this.#line?.replaceMicrophone(track),
        onLost: () => {
          if (this.#live) options.dispatch({ type: 'microphone-gone' });
        },
      },
    );
  }

  /** Never rejects: failures become events. */
  async start(): Promise<void> {
    const { dispatch, microphone, key } = this.#options;
    const { signal } = this.#abandoned;
    dispatch({ type: 'starting', step: microphone ? 'microphone' : 'agent', microphone });
    globalThis.addEventListener('online', this.#reportNetwork);
    globalThis.addEventListener('offline', this.#reportNetwork);
    const cancelled = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    cancelled.catch(() => undefined); // nobody may be waiting any more
    let limit: ReturnType<typeof setTimeout> | undefined;
    try {
      await Promise.race([this.#microphone.initialize(), cancelled]);
      if (this.#microphone.stream !== undefined) this.#options.onMicrophone(this.#microphone.stream);
      dispatch({ type: 'starting', step: 'agent', microphone });
      const place = await askForPlace({ baseUrl: this.#options.baseUrl, key, signal });
      this.#options.onAccepted();
      if (place.language !== undefined) dispatch({ type: 'agent-speaks', language: place.language });
      dispatch({ type: 'starting', step: 'media', microphone });
      limit = setTimeout(() => this.#abandoned.abort(new StartTimeout('media')), READY_LIMIT_MS);
      this.#line = await Promise.race([
        openLine(place, {
          microphone: this.#microphone,
          onVoice: (track) => this.#options.onVoice(track),
          onNetwork: () => this.#reportNetwork(),
        }),
        cancelled,
      ]);
      await Promise.race([this.#connect(this.#line), cancelled]);
      this.#live = true;
      dispatch({ type: 'live', atMs: performance.now() });
    } catch (error) {
      await this.#end();
      const facts = { keyGiven: key !== undefined, online: navigator.onLine };
      if (!this.#cancelled) dispatch({ type: 'start-failed', problem: problemOf(error, facts) });
    } finally {
      clearTimeout(limit);
    }
  }

  /** Idempotent; also cancels a call that is still starting. */
  async hangUp(): Promise<void> {
    if (this.#cancelled || this.#ending !== undefined) return;
    this.#cancelled = true;
    this.#options.dispatch({ type: 'hanging-up' });
    this.#abandoned.abort(new Error('cancelled'));
    await this.#end();
    this.#options.dispatch({ type: 'disconnected' });
  }

  setMuted(muted: boolean): void {
    this.#client?.enableMic(!muted);
    // Whatever a transport makes of it, nothing is heard of a muted microphone.
    this.#microphone.enableMic(!muted);
    this.#options.dispatch({ type: 'mute-changed', muted });
  }

  /** False when nobody is connected to read it. */
  async sendText(text: string): Promise<boolean> {
    if (!this.#live || this.#client === undefined) return false;
    try {
      await this.#client.sendText(text);
    } catch {
      return false; // the client is no longer ready
    }
    this.#options.dispatch({ type: 'caller-typed', text });
    return true;
  }

  /** Asks the server to keep nothing more of what is said; it tells when that is so. */
  stopRecording(): void {
    try {
      this.#client?.sendClientMessage('stop-recording');
    } catch {
      // Not ready any more: there is nothing left to record.
    }
  }

  /** Resolves when the agent is ready. */
  async #connect(line: Line): Promise<void> {
    const { dispatch, microphone } = this.#options;
    const client = new PipecatClient({
      transport: line.transport,
      enableMic: microphone,
      enableCam: false,
      callbacks: callbacksFor(dispatch, {
        onConnected: () => {
          this.#connected = true;
        },
        onDisconnected: () => this.#onDisconnected(),
        onError: (text, fatal) => this.#onError(text, fatal),
      }),
    });
    this.#client = client;
    // By itself `connect()` would do so without waiting for what it throws. (client-js 1.13.1)
    if (microphone) await client.initDevices();
    this.#abandoned.signal.throwIfAborted();
    await client.connect(line.connectParams);
  }

  #onDisconnected(): void {
    // Before the connection, the client's own rejection follows and says more; afterwards there is none.
    if (!this.#live) {
      if (this.#connected) this.#abandoned.abort(new AgentLeft(this.#lastWords));
      return;
    }
    this.#finish();
  }

  #onError(text: string | undefined, fatal: boolean): void {
    this.#lastWords = text;
    const { dispatch } = this.#options;
    if (!this.#live) {
      // A transport that fails for good after it has connected says nothing else.
      if (fatal && this.#connected) this.#abandoned.abort(new AgentLeft(text));
      return;
    }
    if (fatal) {
      dispatch({ type: 'call-ending', reason: 'model-failed', text });
      this.#finish();
    } else if (text !== undefined) dispatch({ type: 'trouble', text });
  }

  /** The call is over, and the caller did not end it. */
  #finish(): void {
    if (this.#ending !== undefined) return;
    void this.#end().then(() => this.#options.dispatch({ type: 'disconnected' }));
  }

  /** Releases everything, whatever state the client is in. Idempotent. */
  #end(): Promise<void> {
    return (this.#ending ??= this.#release());
  }

  async #release(): Promise<void> {
    globalThis.removeEventListener('online', this.#reportNetwork);
    globalThis.removeEventListener('offline', this.#reportNetwork);
    try {
      await this.#client?.disconnect();
    } catch {
      // Not far enough along to have anything to disconnect.
    }
    // The client leaves the microphone on when a call fails before there is a connection.
    await this.#microphone.disconnect();
    this.#line?.stop();
  }

  readonly #reportNetwork = (): void => {
    if (!this.#live) return;
    const broken = this.#line?.isBroken === true || !navigator.onLine;
    this.#options.dispatch({ type: 'network', network: broken ? 'broken' : 'good' });
  };
}
