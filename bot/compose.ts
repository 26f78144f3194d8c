import { quirksOf } from '../contract/models';
import type { AgentFiles, Agents } from './agents';
import type { Bot } from './bot';
import { builtFolder } from './built-folder';
import { CALL_SERVICES, type OpenCallService } from './call-services';
import { type CallService, Overload } from './call';
import type { Config } from './config';
import { CallEvents } from './events';
import { createApp, createHttpServer, openMediaUpgrades } from './http';
import { openLimits } from './limits';
import { loadWaitingSound } from './notices';
import { openConfiguredAgents, withNeedsOf } from './open-agents';
import { DialInDesk, DialOutDesk, openPhone, type PhoneService } from './phone';
import { CallRecords } from './records';
import { recordingSource, rotationRules, SonicClient, SonicModel, type SpeechModel, StreamRecorder } from './sonic';
import { monitorEventLoop, reportServiceStats, type Telemetry } from './telemetry';
import { BeatLateness, type Clock, systemClock, Ticker } from './time';

/** One WebRTC packet of audio. */
const AUDIO_BEAT_MS = 20;
/** Over so long it is judged whether calls are served in time. */
const LATENESS_WINDOW_MS = 10_000;
/** One frame to the model. */
const MODEL_BEAT_MS = 32;
/** How long requests under way may take once the last call is over. */
const HTTP_GRACE_MS = 2000;

/** Once the last call is over: what is kept of it has so long to be written. */
const RECORDS_WITHIN_MS = 4_000;
/** Once the last call is over: what is said of it has so long to be heard. */
const EVENTS_WITHIN_MS = 3_000;

/** Parts to put in place of the real ones. */
export interface Overrides {
  readonly clock?: Clock;
  /** Another model; the client of Bedrock is then not made. */
  readonly model?: SpeechModel;
  /** Another transport than the configured one. */
  readonly openCallService?: OpenCallService;
}

interface OpenOverrides extends Overrides {
  /** Other agents than those in agents/. */
  readonly agentFiles?: AgentFiles;
}

/**
 * A bot with the agents that its configuration names. `telemetry` is closed with the bot.
 * @throws BotError `config_invalid` for what can only be seen now: an agent, a recorded notice or an ICE server that cannot be
 * one
 */
export async function openBot(
  config: Config,
  telemetry: Telemetry,
  { agentFiles, ...overrides }: OpenOverrides = {},
): Promise<Bot> {
  const agents = await openConfiguredAgents(config, telemetry, overrides.clock ?? systemClock, agentFiles);
  try {
    return await createBot(withNeedsOf(agents, config), telemetry, agents, overrides);
  } catch (error) {
    await agents.close();
    throw error;
  }
}

/**
 * The composition root: makes every part of a bot and joins them. It keeps no state of its own, so a process may hold
 * several bots. `telemetry` and `agents` are closed with the bot.
 * @throws BotError `config_invalid` for a recorded notice or an ICE server that cannot be one
 */
export async function createBot(
  config: Config,
  telemetry: Telemetry,
  agents: Agents,
  overrides: Overrides = {},
): Promise<Bot> {
  const { clock = systemClock } = overrides;
  const { service, phone, dialIn, dialOut, ticker } = await createCallService(
    config,
    telemetry,
    clock,
    agents,
    overrides,
  );
  const { calls } = service;
  const loop = monitorEventLoop();
  telemetry.watch('activeCalls', () => calls.status.activeCalls);
  telemetry.watch('maxCalls', () => calls.status.maxCalls);
  telemetry.watch('eventLoopLagMs', () => loop.lag.maxMs);
  telemetry.watch('eventLoopLagMeanMs', () => loop.lag.meanMs);
  telemetry.watch('eventLoopLagP99Ms', () => loop.lag.p99Ms);

  let fault: string | undefined;
  const parts = {
    ...service,
    phone,
    dialIn,
    dialOut,
    config,
    telemetry,
    clock,
    loopLag: () => loop.lag,
    fault: () => fault,
    pageDirectory: builtFolder('client'),
    pageLanguage: () => agents.language,
  };
  const streams = parts.phone && openMediaUpgrades(parts, parts.phone, ticker);
  const upgrade = streams === undefined ? undefined : streams.handle.bind(streams);
  const server = createHttpServer(createApp(parts), telemetry, {}, upgrade);
  const stopStats = reportServiceStats({ clock, telemetry, load: () => calls.status, loopLag: () => loop.lag });
  let warmedUp = Promise.resolve();
  let stopped: Promise<void> | undefined;

  const stopAll = async (drainMs: number): Promise<void> => {
    const steps = [
      () => calls.drain(drainMs),
      () => service.close(),
      () => streams?.close(),
      () => agents.close(),
      () => server.stop(HTTP_GRACE_MS),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        telemetry.logger.error({ err: error }, 'a part of the bot did not close');
      }
    }
    stopStats();
    loop.stop();
    await telemetry.close();
  };

  return {
    calls,
    start: async () => {
      const address = await server.start(config.host, config.port);
      if (service.warmUp !== undefined) warmedUp = service.warmUp();
      return address;
    },
    whenWarm: () => warmedUp,
    declareBroken: (reason) => (fault = reason),
    stop: (drainMs) => (stopped ??= stopAll(drainMs)),
  };
}

/** Calls by whatever way they come, and the beat of their audio. */
interface OpenedCalls {
  readonly service: CallService;
  readonly phone: PhoneService | undefined;
  readonly dialIn: DialInDesk | undefined;
  readonly dialOut: DialOutDesk | undefined;
  readonly ticker: Ticker;
}

/** The calls over the configured transport and by telephone, and all that they need. */
async function createCallService(
  config: Config,
  telemetry: Telemetry,
  clock: Clock,
  agents: Agents,
  overrides: Overrides,
): Promise<OpenedCalls> {
  const { openCallService = CALL_SERVICES[config.transport] } = overrides;
  const speech =
    overrides.model === undefined ? createSpeechModel(config, telemetry, clock) : { model: overrides.model };
  const { admission, phone: phoneLimits } = await openLimits(config, telemetry, clock);
  const { events: told, records: kept } = config;
  const isTold = told.bus !== undefined || told.webhook !== undefined;
  const events = isTold ? await openEvents(config, telemetry, clock) : undefined;
  const records =
    kept.place === undefined ? undefined : await openRecords(config, kept.place, telemetry, clock, events);
  const lateness = new BeatLateness(LATENESS_WINDOW_MS, LATENESS_WINDOW_MS / AUDIO_BEAT_MS);
  const ticker = new Ticker({ clock, lateness, ...beatOf(AUDIO_BEAT_MS, telemetry) });
  telemetry.watch('audioBeatP50Ms', () => lateness.summary(clock.nowMs()).p50Ms);
  telemetry.watch('audioBeatP99Ms', () => lateness.summary(clock.nowMs()).p99Ms);
  telemetry.watch('audioBeatsLate', () => lateness.heard);
  telemetry.watch('audioBeatLatenessMs', () => ticker.takeWorstLatenessMs());
  const { id: modelId, prices } = config.model;
  const service = await openCallService(config, {
    clock,
    ticker,
    model: speech.model,
    modelId,
    agents,
    waitingSound: loadWaitingSound(),
    telemetry: events?.listening(telemetry) ?? telemetry,
    prices,
    records,
    admission,
    overload: new Overload({ lateness, clock, limitMs: config.call.busyAtLatenessMs }),
    settings: {
      ...config.call,
      waiting: config.tools.waitingSound,
      destinations: new Map(config.agents.destinations.map(({ name, address }) => [name, address])),
      showsToolCalls: config.agents.showsToolCalls,
    },
  });
  const { calls, lines, answer, dial } = service;
  const phone =
    config.phone === undefined || lines === undefined
      ? undefined
      : openPhone({
          config: config.phone,
          limits: phoneLimits,
          calls,
          lines,
          agents,
          maxCallMs: config.call.maxCallMs,
          apology: agents.notices['model-lost'],
          clock,
          telemetry,
        });
  const dialIn =
    config.dialIn === undefined || lines === undefined || answer === undefined
      ? undefined
      : new DialInDesk({ config: config.dialIn, lines, answer, agents, limits: phoneLimits, clock, telemetry });
  const { outbound, claims } = phoneLimits;
  const dialOut =
    config.dialOut === undefined || lines === undefined || dial === undefined || outbound === undefined
      ? undefined
      : new DialOutDesk({ config: config.dialOut, lines, dial, agents, limits: outbound, claims, clock, telemetry });
  const close = async (): Promise<void> => {
    await service.close();
    phoneLimits.claims?.close();
    await speech.close?.();
    await admission.close();
    await Promise.all([records?.close(RECORDS_WITHIN_MS), events?.close(EVENTS_WITHIN_MS)]);
  };
  return { service: { ...service, close }, phone, dialIn, dialOut, ticker };
}

function createSpeechModel(
  config: Config,
  telemetry: Telemetry,
  clock: Clock,
): { model: SpeechModel; close?: () => Promise<void> } {
  const { logger } = telemetry;
  const { region, endpointUrl, pingEveryMs, id: modelId, rotateAfterMs } = config.model;
  const client = new SonicClient({ region, endpointUrl, logger, clock, http2: { pingEveryMs } });
  const ticker = new Ticker({ clock, ...beatOf(MODEL_BEAT_MS, telemetry) });
  const { holdAudioDuringTools } = quirksOf(modelId);
  const limits = { ...rotationRules(rotateAfterMs), holdAudioDuringTools };
  const { folder, audio, texts } = config.model.recordings;
  const source = recordingSource(endpointUrl);
  const about = { source, model: modelId, region, bot: config.version };
  const recorder =
    folder === undefined ? undefined : new StreamRecorder({ ...about, folder, audio, texts, clock, logger });
  const model = new SonicModel({ client, modelId, ticker, logger, clock, limits, recorder });
  telemetry.watch('modelEvents', () => model.counters.snapshot());
  return {
    model,
    close: async () => {
      model.stop();
      await client.closeAll();
      client.destroy();
      await recorder?.close();
    },
  };
}

function beatOf(periodMs: number, { logger }: Telemetry): { periodMs: number; onListenerError(error: unknown): void } {
  return {
    periodMs,
    onListenerError: (error) => logger.error({ err: error, periodMs }, 'a listener of the beat failed'),
  };
}

function openEvents(config: Config, telemetry: Telemetry, clock: Clock): Promise<CallEvents | undefined> {
  const { events, region, version, tools } = config;
  return CallEvents.open({ ...events, region, version, privateNetworks: tools.privateNetworks, clock, telemetry });
}

function openRecords(
  config: Config,
  place: NonNullable<Config['records']['place']>,
  telemetry: Telemetry,
  clock: Clock,
  events: CallEvents | undefined,
): Promise<CallRecords> {
  const { records, region, version: bot, model, agentSecrets: redactor } = config;
  const { spoolMegabytes, ...rest } = records;
  const about = { bot, model: model.id };
  const spoolBytes = spoolMegabytes * 1024 * 1024;
  const tracesContent = config.telemetry.messageContent === 'SPAN_ONLY';
  const onEnded = events?.recorded;
  return CallRecords.open({
    ...rest,
    place,
    region,
    spoolBytes,
    about,
    redactor,
    tracesContent,
    clock,
    telemetry,
    onEnded,
  });
}
