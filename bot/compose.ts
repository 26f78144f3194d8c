import { basename, dirname, join } from 'node:path';
import type { Bot } from './bot';
import type { CallDeps } from './call/call-deps';
import type { Calls } from './call/calls';
import { loadNotices } from './call/notices';
import type { Config } from './config';
import { createDailyEngine, createWebRtcEngine, type DailyOverrides } from './engine';
import { createApp } from './http/app';
import { createHttpServer } from './http/server';
import { createSonicClient } from './sonic/client';
import type { SonicLimits } from './sonic/limits';
import { createSonicModel } from './sonic/model';
import { rotationRules } from './sonic/session/rotation';
import type { SpeechModel } from './sonic/speech-model';
import { createPlatform, type Platform } from './platform';
import { EmfRecorder } from './telemetry/emf';
import { monitorEventLoop } from './telemetry/event-loop';
import { createLogger } from './telemetry/logger';
import { createMetrics } from './telemetry/metrics';
import { logServiceStats } from './telemetry/service-stats';
import type { Telemetry } from './telemetry/telemetry';
import { systemClock, type Clock } from './time/clock';
import { Ticker } from './time/ticker';
import { currentTimeTool } from './tools/current-time';
import { OpenMeteo } from './tools/open-meteo';
import type { Tool } from './tools/tool';
import { ToolRunner } from './tools/tool-runner';
import { weatherTool } from './tools/weather';
import type { WebRtcTimeouts } from './transport/webrtc/transport';

/** One WebRTC packet of audio. */
const AUDIO_BEAT_MS = 20;
/** One frame to the model. */
const MODEL_BEAT_MS = 32;
/** How long requests under way may take once the last call is over. */
const HTTP_GRACE_MS = 2000;

/** Parts to put in place of the real ones. */
export interface Overrides {
  readonly telemetry?: Telemetry;
  readonly clock?: Clock;
  /** Another model; the client of Bedrock is then not made. */
  readonly model?: SpeechModel;
  readonly tools?: readonly Tool[];
  /** Calls of another kind altogether; neither model nor WebRTC is then made. */
  readonly calls?: Calls;
  readonly sonicLimits?: Partial<SonicLimits>;
  readonly webrtcTimeouts?: Partial<WebRtcTimeouts>;
  readonly daily?: DailyOverrides;
  readonly pageDirectory?: string;
  /** Where the page is that Daily calls run in. */
  readonly dailyPageDirectory?: string;
}

/** What the calls need to be closed behind them. */
interface Engine {
  readonly calls: Calls;
  /** Never called before the calls are drained. */
  close(): Promise<void>;
}

/** What is common to every part. */
interface Ground {
  readonly config: Config;
  readonly overrides: Overrides;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/**
 * The composition root: makes every part of a bot and joins them. Nothing is kept outside of what it returns, so a
 * process may hold several.
 * @throws BotError `config_invalid` for what can only be seen now: a recorded notice or an ICE server that cannot be one
 */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const telemetry = overrides.telemetry ?? {
    logger: createLogger({ level: config.logLevel, version: config.version }),
    metrics: createMetrics(),
  };
  const ground: Ground = { config, overrides, telemetry, clock: overrides.clock ?? systemClock };
  const { logger, metrics } = telemetry;
  const engine =
    overrides.calls === undefined ? await createEngine(ground) : { calls: overrides.calls, close: nothing };
  const { calls } = engine;
  const emf = emfFor(config, metrics);

  let fault: string | undefined;
  const loop = monitorEventLoop();
  metrics.watchCalls(() => calls.status);
  metrics.watchEventLoop(() => loop.lag);
  const app = createApp({
    config,
    calls,
    telemetry,
    clock: ground.clock,
    loopLag: () => loop.lag,
    fault: () => fault,
    pageDirectory: overrides.pageDirectory ?? built('client'),
  });
  const server = createHttpServer(app, metrics);
  let stopStats = (): void => undefined;
  let stopped: Promise<void> | undefined;

  const stopAll = async (drainMs: number): Promise<void> => {
    const steps = [() => calls.drain(drainMs), () => engine.close(), () => server.stop(HTTP_GRACE_MS)];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        logger.error({ err: error }, 'a part of the bot did not close');
      }
    }
    stopStats();
    loop.stop();
  };

  return {
    app,
    calls,
    start: async () => {
      const address = await server.start(config.host, config.port);
      stopStats = logServiceStats({
        clock: ground.clock,
        logger,
        load: () => calls.status,
        loopLag: () => loop.lag,
        ...(emf === undefined ? {} : { emf }),
      });
      return address;
    },
    declareBroken: (reason) => (fault = reason),
    stop: (drainMs) => (stopped ??= stopAll(drainMs)),
  };
}

/** What CloudWatch is sent, where it is. */
function emfFor({ telemetry }: Config, metrics: Telemetry['metrics']): EmfRecorder | undefined {
  if (telemetry.metricsNamespace === undefined) return undefined;
  const emf = new EmfRecorder(telemetry.metricsNamespace);
  metrics.onMeasured((key, value) => emf.add(key, value));
  return emf;
}

/** Calls, and what stands around them. */
async function createEngine(ground: Ground): Promise<Engine> {
  let activeCalls = (): number => 0;
  const platform = await createPlatform({ ...ground, activeCalls: () => activeCalls() });
  const engine = await createCalls(ground, platform);
  activeCalls = () => engine.calls.status.activeCalls;
  return {
    calls: engine.calls,
    close: async () => {
      await engine.close();
      await platform.close();
    },
  };
}

/** Model, WebRTC and the calls between them. */
async function createCalls(
  { config, overrides, telemetry, clock }: Ground,
  { admission, tracing }: Platform,
): Promise<Engine> {
  const { logger, metrics } = telemetry;
  const beat = (periodMs: number): Ticker =>
    new Ticker({
      periodMs,
      clock,
      onListenerError: (error) => logger.error({ err: error, periodMs }, 'a listener of the beat failed'),
    });
  const ticker = beat(AUDIO_BEAT_MS);
  metrics.watchBeat(() => ticker.takeWorstLatenessMs());
  const { model, close: closeModel } = createModel({ config, overrides, telemetry, clock }, beat(MODEL_BEAT_MS));
  const deps: CallDeps = {
    clock,
    ticker,
    model,
    modelId: config.model.id,
    session: {
      systemPrompt: config.model.systemPrompt,
      voiceId: config.model.voiceId,
      endpointingSensitivity: config.model.endpointingSensitivity,
    },
    tools: new ToolRunner(overrides.tools ?? [currentTimeTool(clock), weatherTool(new OpenMeteo())], clock),
    notices: loadNotices(),
    logger,
    metrics,
    tracing,
    prices: config.model.prices,
    admission,
    settings: config.call,
  };
  const engine =
    config.transport === 'daily'
      ? await createDailyEngine(config, deps, overrides.dailyPageDirectory ?? built('daily-page'), overrides.daily)
      : await createWebRtcEngine(config, deps, overrides.webrtcTimeouts);
  return {
    calls: engine.calls,
    close: async () => {
      await engine.close();
      await closeModel();
    },
  };
}

function createModel(ground: Ground, ticker: Ticker): { model: SpeechModel; close: () => Promise<void> } {
  const { config, overrides, telemetry, clock } = ground;
  if (overrides.model !== undefined) return { model: overrides.model, close: nothing };
  const { logger, metrics } = telemetry;
  const { region, endpointUrl, pingEveryMs, id: modelId } = config.model;
  const client = createSonicClient({ region, endpointUrl, logger, clock, http2: { pingEveryMs } });
  const limits = { ...rotationRules(config.model.rotateAfterMs), ...overrides.sonicLimits };
  const model = createSonicModel({
    client,
    modelId,
    ticker,
    logger,
    clock,
    limits,
  });
  metrics.watchModel(() => model.counters.snapshot());
  return {
    model,
    close: async () => {
      model.stop();
      await client.closeAll();
      client.destroy();
    },
  };
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

/** Where the build puts a folder of files: beside the built bot, or in dist/ when the sources are run. */
function built(folder: 'client' | 'daily-page'): string {
  const isBuilt = basename(dirname(__dirname)) === 'dist';
  return isBuilt ? join(__dirname, '..', folder) : join(__dirname, '../dist', folder);
}
