import pino from 'pino';
import { SonicClient, type SonicClientOptions } from '../../../../bot/sonic/client';
import type { SonicLimits } from '../../../../bot/sonic/limits';
import { SonicModel } from '../../../../bot/sonic/model';
import { recordingSource, StreamRecorder, type StreamRecorderOptions } from '../../../../bot/sonic/recording/recorder';
import type { SessionOptions, SpeechSession } from '../../../../bot/sonic/speech-model';
import { systemClock } from '../../../../bot/time/clock';
import { Ticker } from '../../../../bot/time/ticker';
import {
  FAKE_CREDENTIALS,
  startFakeBedrock,
  type FakeBedrock,
  type FakeBedrockOptions,
} from '../../../../testbed/fakes/bedrock/server';
import { eventually } from '../../../support/eventually';
import { RecordingSpeechEvents } from '../../../support/recording-speech-events';
import type { FreezableProxy } from './freezable-proxy';
import { MODEL_ID, QUICK_LIMITS, REGION, SESSION } from './session-settings';

export interface Opened {
  readonly session: SpeechSession;
  readonly events: RecordingSpeechEvents;
}

/** The bot's side of the model, with the real SDK, against a sandbox on loopback. */
export class BedrockEnvironment {
  readonly sandbox: FakeBedrock;
  readonly client: SonicClient;
  readonly model: SonicModel;
  readonly ticker: Ticker;
  readonly recorder: StreamRecorder | undefined;
  readonly logs: string[] = [];
  readonly listenerErrors: unknown[] = [];
  readonly #sessions = new Set<SpeechSession>();

  private constructor(
    sandbox: FakeBedrock,
    client: Partial<SonicClientOptions>,
    limits: Partial<SonicLimits>,
    recordings?: Pick<StreamRecorderOptions, 'folder' | 'audio' | 'texts' | 'maxCallBytes'>,
  ) {
    const logger = pino({ level: 'debug' }, { write: (line: string) => void this.logs.push(line) });
    this.sandbox = sandbox;
    this.client = new SonicClient({
      region: REGION,
      endpointUrl: sandbox.url,
      credentials: () => Promise.resolve({ ...FAKE_CREDENTIALS }),
      logger,
      ...client,
      http2: {
        connectTimeoutMs: 3_000,
        settingsTimeoutMs: 3_000,
        pingEveryMs: 100,
        pingTimeoutMs: 3_000,
        ...client.http2,
      },
    });
    const about = { source: recordingSource(sandbox.url), model: MODEL_ID, region: REGION, bot: '1.2.3' };
    if (recordings !== undefined)
      this.recorder = new StreamRecorder({ ...about, ...recordings, clock: systemClock, logger });
    this.ticker = new Ticker({
      periodMs: 32,
      clock: systemClock,
      onListenerError: (error) => void this.listenerErrors.push(error),
    });
    this.model = new SonicModel({
      client: this.client,
      modelId: MODEL_ID,
      ticker: this.ticker,
      logger,
      limits: { ...QUICK_LIMITS, ...limits },
      recorder: this.recorder,
    });
  }

  static async start(
    options: {
      sandbox?: FakeBedrockOptions;
      client?: Partial<SonicClientOptions>;
      limits?: Partial<SonicLimits>;
      /** A proxy between bot and sandbox. */
      through?: FreezableProxy;
      recordings?: Pick<StreamRecorderOptions, 'folder' | 'audio' | 'texts' | 'maxCallBytes'>;
    } = {},
  ): Promise<BedrockEnvironment> {
    const sandbox = await startFakeBedrock({ voice: 'tone', ...options.sandbox });
    const proxied = options.through === undefined ? {} : { endpointUrl: await options.through.listen(sandbox.url) };
    return new BedrockEnvironment(sandbox, { ...proxied, ...options.client }, options.limits ?? {}, options.recordings);
  }

  async open(options: Partial<SessionOptions> = {}, signal = new AbortController().signal): Promise<Opened> {
    const events = new RecordingSpeechEvents();
    const session = await this.model.open({ ...SESSION, ...options }, events, signal);
    events.hearing.session = session;
    this.#sessions.add(session);
    return { session, events };
  }

  /** Nothing of any session is left: no stream, no connection on either side, no tick. */
  async expectNothingLeft(): Promise<void> {
    // A test that failed half-way must not make the next ones fail too.
    await Promise.all([...this.#sessions].map((session) => session.close()));
    this.#sessions.clear();
    this.sandbox.clearFaults();
    expect(this.client.liveStreams).toBe(0);
    expect(this.ticker.listenerCount).toBe(0);
    expect(this.listenerErrors).toEqual([]);
    await eventually(() => this.client.openConnections === 0, 'connections of the client');
    await eventually(() => this.sandbox.connections === 0, 'connections of the sandbox');
  }

  async close(): Promise<void> {
    this.model.stop();
    this.client.destroy();
    await this.sandbox.close();
  }
}
