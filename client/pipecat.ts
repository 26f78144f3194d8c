import { LogLevel, PipecatClient, logger, type BotOutputData, type RTVIEventCallbacks } from '@pipecat-ai/client-js';
import { SmallWebRTCTransport } from '@pipecat-ai/small-webrtc-transport';
import { Microphone } from './microphone';
import { watchPeer, type PeerWatch } from './peer-watch';
import { AgentLeft, problemOf, StartTimeout } from './problems';
import { callEnding, errorText, textOf, latencyMs } from './server-messages';
import type { CallEvent } from './state';
import type { SpokenReport } from './transcript';

export interface CallOptions {
  /** Base URL of the bot's routes. */
  readonly baseUrl: string;
  readonly key: string | undefined;
  readonly microphone: boolean;
  readonly dispatch: (event: CallEvent) => void;
  /** The agent's voice; again after each reconnection. */
  readonly onVoice: (track: MediaStreamTrack) => void;
  /** The caller's microphone, for a level meter. */
  readonly onMicrophone: (stream: MediaStream) => void;
}

/** How long to wait for /start, which the server answers at once. */
const START_LIMIT_MS = 15_000;
/** How long to wait after that for media and the agent. */
const READY_LIMIT_MS = 25_000;

/** One attempt at a call, with a Pipecat client of its own: turns what the client reports into events. */
export class Call {
  readonly #options: CallOptions;
  readonly #client: PipecatClient;
  readonly #microphone: Microphone;
  readonly #watch: PeerWatch;
  #abandon: ((reason: Error) => void) | undefined;
  /** The server's last error message. */
  #lastWords: string | undefined;
  #cancelled = false;
  #connected = false;
  #live = false;
  #over = false;

  constructor(options: CallOptions) {
    this.#options = options;
    logger.setLevel(LogLevel.NONE);
    this.#watch = watchPeer({
      onAudioTrack: (track) => options.onVoice(track),
      onIceState: () => this.#reportNetwork(),
    });
    this.#microphone = new Microphone((track) => void this.#watch.replaceMicrophone(track));
    this.#client = new PipecatClient({
      transport: new SmallWebRTCTransport({
        mediaManager: this.#microphone,
        // Explicit, so that the offer's address does not depend on where "/start" first occurs in the start address.
        offerUrlTemplate: new URL('sessions/:sessionId/api/offer', options.baseUrl).href,
      }),
      enableMic: options.microphone,
      enableCam: false,
      callbacks: this.#callbacks(),
    });
  }

  /** Never rejects: failures become events. */
  async start(): Promise<void> {
    const { dispatch, microphone, key, baseUrl } = this.#options;
    dispatch({ type: 'starting', step: microphone ? 'microphone' : 'agent', microphone });
    globalThis.addEventListener('online', this.#reportNetwork);
    globalThis.addEventListener('offline', this.#reportNetwork);
    let limit: ReturnType<typeof setTimeout> | undefined;
    const abandoned = new Promise<never>((_, reject) => {
      this.#abandon = reject;
    });
    try {
      if (microphone) {
        await Promise.race([this.#client.initDevices(), abandoned]);
        dispatch({ type: 'starting', step: 'agent', microphone });
        if (this.#microphone.stream !== undefined) this.#options.onMicrophone(this.#microphone.stream);
      }
      limit = setTimeout(() => this.#abandon?.(new StartTimeout('media')), START_LIMIT_MS + READY_LIMIT_MS);
      const headers = key === undefined ? {} : { headers: new Headers({ Authorization: `Bearer ${key}` }) };
      const endpoint = new URL('start', baseUrl).href;
      await Promise.race([
        this.#client.startBotAndConnect({ endpoint, timeout: START_LIMIT_MS, requestData: {}, ...headers }),
        abandoned,
      ]);
      this.#live = true;
      dispatch({ type: 'live', atMs: performance.now() });
    } catch (error) {
      await this.#end();
      if (!this.#cancelled) dispatch({ type: 'start-failed', problem: problemOf(error, key !== undefined) });
    } finally {
      clearTimeout(limit);
      this.#abandon = undefined;
    }
  }

  /** Idempotent; also cancels a call that is still starting. */
  async hangUp(): Promise<void> {
    if (this.#cancelled || this.#over) return;
    this.#cancelled = true;
    this.#options.dispatch({ type: 'hanging-up' });
    this.#abandon?.(new Error('cancelled'));
    await this.#end();
    this.#options.dispatch({ type: 'disconnected' });
  }

  setMuted(muted: boolean): void {
    this.#client.enableMic(!muted);
    this.#options.dispatch({ type: 'mute-changed', muted });
  }

  /** False when nobody is connected to read it. */
  async sendText(text: string): Promise<boolean> {
    if (!this.#live) return false;
    try {
      await this.#client.sendText(text);
    } catch {
      return false; // the client is no longer ready
    }
    this.#options.dispatch({ type: 'caller-typed', text });
    return true;
  }

  /** Releases everything, whatever state the client is in. */
  async #end(): Promise<void> {
    this.#over = true;
    globalThis.removeEventListener('online', this.#reportNetwork);
    globalThis.removeEventListener('offline', this.#reportNetwork);
    try {
      await this.#client.disconnect();
    } catch {
      // Not far enough along to have anything to disconnect.
    }
    // The client leaves the microphone on when a call fails before there is a connection.
    await this.#microphone.disconnect();
    this.#watch.stop();
  }

  readonly #reportNetwork = (): void => {
    if (!this.#live) return;
    const broken = this.#watch.iceState === 'disconnected' || this.#watch.iceState === 'failed' || !navigator.onLine;
    this.#options.dispatch({ type: 'network', network: broken ? 'broken' : 'good' });
  };

  #callbacks(): RTVIEventCallbacks {
    const { dispatch } = this.#options;
    return {
      onBotStarted: () => {
        // An exception is the only way to stop the client between start and connection.
        if (this.#cancelled) throw new Error('cancelled');
        dispatch({ type: 'starting', step: 'media', microphone: this.#options.microphone });
      },
      onConnected: () => {
        this.#connected = true;
      },
      onDisconnected: () => {
        // Before the connection, the client's own rejection follows and says more; afterwards there is none.
        if (this.#connected) this.#abandon?.(new AgentLeft(this.#lastWords));
        if (!this.#live || this.#over) return;
        void this.#end().then(() => dispatch({ type: 'disconnected' }));
      },
      onBotDisconnected: () => dispatch({ type: 'bot-left' }),
      onDeviceError: () => {
        if (this.#live) dispatch({ type: 'trouble', text: 'The microphone has gone. You can still type.' });
      },
      onError: (message) => {
        const { text, fatal } = errorText(message.data);
        this.#lastWords = text;
        if (!this.#live) return; // the start that now fails will tell
        if (fatal) dispatch({ type: 'call-ending', reason: 'model-failed', text });
        else if (text !== undefined) dispatch({ type: 'trouble', text });
      },
      onUserStartedSpeaking: () => dispatch({ type: 'caller-started-speaking' }),
      onUserStoppedSpeaking: () => dispatch({ type: 'caller-stopped-speaking', atMs: performance.now() }),
      onUserTranscript: ({ text, final }) => dispatch({ type: 'caller-said', text, final }),
      onBotLlmStarted: () => dispatch({ type: 'bot-thinking' }),
      onBotLlmStopped: () => dispatch({ type: 'bot-turn-over' }),
      onBotStartedSpeaking: () => dispatch({ type: 'bot-started-speaking', atMs: performance.now() }),
      onBotStoppedSpeaking: () => dispatch({ type: 'bot-stopped-speaking' }),
      onBotOutput: (output) => dispatch({ type: 'bot-output', report: spokenReport(output) }),
      onLLMFunctionCallStarted: () => dispatch({ type: 'lookup-started' }),
      onLLMFunctionCallStopped: () => dispatch({ type: 'lookup-stopped' }),
      onServerMessage: (data: unknown) => this.#onServerMessage(data),
    };
  }

  #onServerMessage(data: unknown): void {
    const { dispatch } = this.#options;
    switch (textOf(data, 'type')) {
      case 'call-ending':
        dispatch({ type: 'call-ending', ...callEnding(data) });
        return;
      case 'interrupted':
        dispatch({ type: 'interrupted' });
        return;
      case 'latency': {
        const ms = latencyMs(data);
        if (ms !== undefined) dispatch({ type: 'latency', ms });
        return;
      }
      case 'notice':
        dispatch({ type: 'notice', text: textOf(data, 'text') });
        return;
      default:
        return; // made for another client
    }
  }
}

function spokenReport(output: BotOutputData): SpokenReport {
  return {
    segmentId: output.segment_id,
    text: output.text,
    // Words that are only shown count as heard at once.
    status: output.will_be_spoken === false ? 'completed' : (output.spoken_status ?? 'new'),
    heard: output.spoken_progress?.accumulated_text ?? '',
  };
}
