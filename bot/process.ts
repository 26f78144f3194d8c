import { VARIABLES } from '../contract/variables';
import type { Bot } from './bot';
import { readConfig, type Config } from './config';
import { configWarnings } from './config-warnings';
import { BotError } from './errors';
import { createLogger, type Logger, openTelemetry, type Telemetry } from './telemetry';
import { type Clock, systemClock } from './time';

/** The part of Node's `process` that is used here, so that tests can replace it. */
export interface ProcessHost {
  readonly env: NodeJS.ProcessEnv;
  readonly stderr: { write(text: string): unknown };
  on(
    event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection',
    listener: (what: unknown) => void,
  ): unknown;
  exit(code: number): unknown;
}

/** sysexits.h: the configuration is wrong, and starting again will not help. */
export const EXIT_CONFIG = 78;
export const EXIT_FAILED = 1;
/** The shell's convention for a process that a signal ended. */
const EXIT_BY_SIGNAL = { SIGTERM: 143, SIGINT: 130 } as const;

/** After an uncaught exception nothing can be trusted for long. */
const FATAL_CLOSE_MS = 5000;

export interface RunOptions {
  readonly host: ProcessHost;
  readonly compose: (config: Config, telemetry: Telemetry) => Promise<Bot>;
  readonly clock?: Clock;
  readonly telemetryFor?: (config: Config, clock: Clock) => Telemetry | Promise<Telemetry>;
  /** Has the process ended when its main thread freezes. */
  readonly watch?: (options: { logger: Logger }) => void;
  /** Called once the bot is warm, unless it has a call by then: may have the main thread stand still. */
  readonly onIdle?: () => void;
}

/**
 * Runs a bot as a process: reads the configuration, listens, and turns signals and failures into exit codes. It
 * resolves once the bot listens or the process has been told to exit.
 */
export async function runBot(options: RunOptions): Promise<void> {
  const { host, compose, clock = systemClock, telemetryFor = configuredTelemetry, watch, onIdle } = options;
  let logger = errorLogger(host);
  try {
    const config = readConfig(host.env);
    const telemetry = await telemetryFor(config, clock);
    logger = telemetry.logger;
    watch?.({ logger });
    for (const warning of configWarnings(config, host.env)) logger.warn({ warning }, 'configuration warning');
    const bot = await compose(config, telemetry);
    handleEnds({ bot, telemetry, host, clock, drainMs: config.call.drainMs });
    const address = await bot.start();
    logger.info({ ...address, ...summaryOf(config) }, 'listening');
    void bot.whenWarm().then(() => {
      if (bot.calls.status.activeCalls === 0) onIdle?.();
    });
  } catch (thrown) {
    const error = BotError.from(thrown);
    const isConfig = error.code === 'config_invalid';
    // The logs' level may be part of what is wrong, so this goes to standard error whatever it is.
    if (isConfig || logger.level === 'silent') logger = errorLogger(host);
    logger.fatal({ err: error }, isConfig ? 'the configuration is not valid' : 'the bot could not start');
    host.exit(isConfig ? EXIT_CONFIG : EXIT_FAILED);
  }
}

interface Running {
  readonly bot: Bot;
  readonly telemetry: Telemetry;
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly drainMs: number;
}

/** The process ends once: gracefully on the first signal, at once on the second or on an uncaught exception. */
function handleEnds({ bot, telemetry, host, clock, drainMs }: Running): void {
  const { logger } = telemetry;
  let ending: 'no' | 'politely' | 'failed' = 'no';

  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (ending !== 'no') {
      logger.warn({ signal }, 'second signal: exiting at once');
      host.exit(EXIT_BY_SIGNAL[signal]);
      return;
    }
    ending = 'politely';
    logger.info({ signal, activeCalls: bot.calls.status.activeCalls, drainMs }, 'shutting down');
    void bot.stop(drainMs).then(() => {
      if (ending !== 'politely') return;
      logger.info('shut down');
      host.exit(0);
    });
  };

  const onFailure = (kind: 'uncaught_exception' | 'unhandled_rejection', thrown: unknown): void => {
    telemetry.record('processFailed', { kind, err: thrown });
    if (ending === 'failed') return;
    ending = 'failed';
    bot.declareBroken('An unexpected error: the process is ending.');
    const limit = clock.after(FATAL_CLOSE_MS, () => host.exit(EXIT_FAILED));
    void bot.stop(0).then(() => {
      limit.cancel();
      host.exit(EXIT_FAILED);
    });
  };

  host.on('SIGTERM', () => onSignal('SIGTERM'));
  host.on('SIGINT', () => onSignal('SIGINT'));
  host.on('uncaughtException', (error) => onFailure('uncaught_exception', error));
  host.on('unhandledRejection', (reason) => onFailure('unhandled_rejection', reason));
}

export function configuredTelemetry({ logLevel: level, version, telemetry }: Config, clock: Clock): Promise<Telemetry> {
  return openTelemetry({ level, version, ...telemetry, clock });
}

function errorLogger(host: ProcessHost): Logger {
  return createLogger({
    level: 'error',
    // The configuration may be what is wrong: its own variable is read as far as it can be shown.
    version: /^[\w.+-]{1,64}$/.exec(host.env['VERSION'] ?? '')?.[0] ?? VARIABLES.version.fallback,
    destination: { write: (line: string) => void host.stderr.write(line) },
  });
}

/** What the first line of the log says of the configuration; no secrets. */
function summaryOf({ transport, model, call, access }: Config): Record<string, unknown> {
  return {
    transport,
    modelId: model.id,
    modelRegion: model.region,
    ownEndpoint: model.endpointUrl !== undefined,
    maxCalls: call.maxCalls,
    keyNeeded: access.startApiKey !== undefined,
  };
}
