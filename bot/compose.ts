import path from 'node:path';
import type { Bot } from './bot';
import type { CallDeps } from './call/call-deps';
import { loadNotices } from './call/notices';
import { WebRtcCallService } from './call/service';
import type { Config } from './config';
import { createApp } from './http/app';
import { createHttpServer } from './http/server';
import { createSonicClient } from './sonic/client';
import { createSonicModel } from './sonic/model';
import { FRAME_MS as MODEL_FRAME_MS } from './sonic/session/caller-audio';
import { monitorEventLoop } from './telemetry/event-loop';
import { logServiceStats } from './telemetry/service-stats';
import type { Telemetry } from './telemetry/telemetry';
import { systemClock, type Clock } from './time/clock';
import { Ticker } from './time/ticker';
import { currentTimeTool } from './tools/current-time';
import { OpenMeteo } from './tools/open-meteo';
import { ToolRunner } from './tools/tool-runner';
import { weatherTool, type WeatherProvider } from './tools/weather';
import { WebRtcGateway } from './transport/webrtc/gateway';

/** What callers hear is paced by this beat. */
const PLAYOUT_FRAME_MS = 20;
/** Answers under way when the last call is over. */
const HTTP_GRACE_MS = 2_000;

/** Parts that a test, or another program, puts in the place of the usual ones. */
export interface BotParts {
  readonly telemetry: Telemetry;
  readonly clock?: Clock;
  readonly weather?: WeatherProvider;
  readonly pageDirectory?: string;
}

/** Puts a bot together; nothing runs before `start()`. @throws BotError `config_invalid` */
export async function createBot(config: Config, parts: BotParts): Promise<Bot> {
  const { telemetry, clock = systemClock } = parts;
  const { logger, metrics } = telemetry;
  const onListenerError = (error: unknown): void => logger.error({ err: error }, 'a call failed in its beat');
  const playoutTicker = new Ticker({ periodMs: PLAYOUT_FRAME_MS, clock, onListenerError });
  const modelTicker = new Ticker({ periodMs: MODEL_FRAME_MS, clock, onListenerError });
  const client = createSonicClient({
    region: config.model.region,
    endpointUrl: config.model.endpointUrl,
    logger,
    clock,
  });
  const gateway = await WebRtcGateway.create({ ...config.webrtc, clock, ticker: playoutTicker, logger });
  const deps: CallDeps = {
    clock,
    ticker: playoutTicker,
    model: createSonicModel({ client, modelId: config.model.id, ticker: modelTicker, logger, clock }),
    modelId: config.model.id,
    session: {
      systemPrompt: config.model.systemPrompt,
      voiceId: config.model.voiceId,
      endpointingSensitivity: config.model.endpointingSensitivity,
    },
    tools: new ToolRunner([currentTimeTool(clock), weatherTool(parts.weather ?? new OpenMeteo())], clock),
    notices: loadNotices(),
    logger,
    metrics,
    settings: config.call,
  };
  const calls = new WebRtcCallService({ gateway, deps, maxCalls: config.call.maxCalls });
  const loop = monitorEventLoop();
  let fault: string | undefined;
  const app = createApp({
    config,
    calls,
    telemetry,
    clock,
    loopLag: () => loop.lag,
    fault: () => fault,
    pageDirectory: parts.pageDirectory ?? builtPage(),
  });
  const server = createHttpServer(app, metrics);
  const load = (): { activeCalls: number; maxCalls: number } => calls.status;
  metrics.watchCalls(load);
  metrics.watchEventLoop(() => loop.lag);
  const stopStats = logServiceStats({ clock, logger, load, loopLag: () => loop.lag });

  const stop = async (drainMs: number): Promise<void> => {
    await calls.drain(drainMs);
    await Promise.allSettled([client.closeAll(), gateway.close(), server.stop(HTTP_GRACE_MS)]);
    client.destroy();
    loop.stop();
    stopStats();
  };
  let stopped: Promise<void> | undefined;
  return {
    app,
    calls,
    start: () => server.start(config.host, config.port),
    declareBroken: (reason) => (fault = reason),
    stop: (drainMs) => (stopped ??= stop(drainMs)),
  };
}

/** dist/client, from the sources (bot/) as from the bundle (dist/bot/). */
function builtPage(): string {
  const parent = path.dirname(__dirname);
  return path.basename(parent) === 'dist' ? path.join(parent, 'client') : path.join(parent, 'dist', 'client');
}
