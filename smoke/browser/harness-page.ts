/* Runs in the browser. The unmodified Pipecat client with its own media manager, a log of everything it reports, a
   microphone that speaks when a test says so, and a recorder of what the caller would hear. */
import { PipecatClient, RTVIEvent, logger, LogLevel } from '@pipecat-ai/client-js';
import { SmallWebRTCTransport, WavMediaManager } from '@pipecat-ai/small-webrtc-transport';
import { DailyTransport } from '@pipecat-ai/daily-transport';
import { CallRecorder, type Recording } from './harness-recorder';
import { ScriptedMicrophone } from './harness-microphone';

/** Something the client reported, by the event's name; through Daily each message besides, as `message`; `atMs` is in ms since 1970, the same clock as the test's `Date.now()`. */
export interface LoggedEvent {
  readonly atMs: number;
  readonly name: string;
  readonly data: unknown;
}

export interface ConnectOptions {
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly requestData?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** `device`: the browser's fake microphone (its WAV file). `scripted`: silent until `say()`. */
  readonly microphone: 'device' | 'scripted';
  /** Calls through Daily, whose call machine is in this folder (`default`: on Daily's own servers); without it, straight to the bot. */
  readonly dailyBundleUrl?: string;
  /** A Daily room that there is already, instead of an endpoint that makes one. */
  readonly room?: { readonly url: string; readonly token: string };
}

export interface ConnectFailure {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** What a test can ask of the page; every value survives JSON. */
export interface Harness {
  connect(options: ConnectOptions): Promise<{ ready: unknown } | { failure: ConnectFailure }>;
  disconnect(): Promise<void>;
  sendText(text: string): Promise<void>;
  /** Keys of a telephone: 0–9, `*`, `#`. */
  press(keys: string): void;
  sendClientMessage(type: string, data: unknown): void;
  setMicrophone(enabled: boolean): void;
  /** Speaks mono PCM16 (base64) into the scripted microphone; tells when its first sample goes out. */
  say(pcm16Base64: string, rateHz: number): Promise<{ startAtMs: number; endAtMs: number }>;
  state(): string;
  /** Events from number `from` on. */
  events(from: number): LoggedEvent[];
  /** Everything heard since the bot's track began. */
  heard(): Recording;
}

const events: LoggedEvent[] = [];
const recorder = new CallRecorder();
const scripted = new ScriptedMicrophone();
let client: PipecatClient | undefined;

function log(name: string, data: unknown): void {
  let plain: unknown;
  try {
    plain = data === undefined ? null : (JSON.parse(JSON.stringify(data)) as unknown);
  } catch {
    plain = String(data);
  }
  events.push({ atMs: performance.timeOrigin + performance.now(), name, data: plain });
}

function current(): PipecatClient {
  if (client === undefined) throw new Error('not connected');
  return client;
}

function failureOf(error: unknown): ConnectFailure {
  const status = (error as { status?: unknown } | null)?.status;
  return {
    name: error instanceof Error ? error.constructor.name : typeof error,
    message: error instanceof Error ? error.message : String(error),
    status: typeof status === 'number' ? status : undefined,
  };
}

const harness: Harness = {
  async connect(options) {
    logger.setLevel(LogLevel.NONE);
    if (options.microphone === 'scripted') scripted.install();
    const { dailyBundleUrl } = options;
    const transport =
      dailyBundleUrl === undefined
        ? new SmallWebRTCTransport({ mediaManager: new WavMediaManager() })
        : new DailyTransport(
            dailyBundleUrl === 'default' ? {} : { dailyConfig: { bundlePathOverride: dailyBundleUrl } },
          );
    client = new PipecatClient({
      transport,
      enableMic: true,
      enableCam: false,
      // The Daily transport takes anybody who leaves for the bot; in a room of several people that is wrong.
      disconnectOnBotDisconnect: options.room === undefined,
    });
    for (const event of Object.values(RTVIEvent)) {
      client.on(event, (...args: unknown[]) => {
        const [first] = args;
        log(event, first instanceof MediaStreamTrack ? { kind: first.kind, label: first.label } : first);
      });
    }
    // The client has no event for some messages, as `bot-interrupted`.
    if (transport instanceof DailyTransport)
      transport.dailyCallClient.on('app-message', ({ data }) => log('message', data));
    client.on(RTVIEvent.TrackStarted, (track, participant) => {
      if (participant?.local !== true && track.kind === 'audio') recorder.begin(track);
    });
    try {
      if (options.room !== undefined) return { ready: await client.connect(options.room) };
      const ready = await client.startBotAndConnect({
        endpoint: options.endpoint,
        ...(options.headers === undefined ? {} : { headers: new Headers(options.headers) }),
        ...(options.requestData === undefined ? {} : { requestData: options.requestData }),
      });
      return { ready };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  },
  disconnect: () => current().disconnect(),
  sendText: (text) => current().sendText(text),
  press: (keys) => current().sendDTMF(keys),
  sendClientMessage: (type, data) => current().sendClientMessage(type, data),
  setMicrophone: (enabled) => current().enableMic(enabled),
  say: (pcm16Base64, rateHz) => scripted.say(pcm16Base64, rateHz),
  state: () => client?.state ?? 'none',
  events: (from) => events.slice(from),
  heard: () => recorder.take(),
};

(globalThis as { harness?: Harness }).harness = harness;
