import type { CallDeps } from './call/call-deps';
import type { Calls } from './call/calls';
import { RoomCalls } from './call/room-calls';
import { WebRtcCalls } from './call/webrtc-calls';
import type { Config } from './config';
import { BotError } from './errors';
import type { ChromiumPath } from './transport/daily/browser/chromium';
import { DailyService } from './transport/daily/daily-service';
import type { LoadLimits } from './transport/daily/load-gauge';
import type { DailyTimeouts } from './transport/daily/transport-options';
import { NoRooms } from './transport/no-rooms';
import type { CallRooms } from './transport/rooms';
import { WebRtcGateway } from './transport/webrtc/gateway';
import type { WebRtcTimeouts } from './transport/webrtc/transport';

/** Calls over one transport, and how to close what is behind them once they are over. */
export interface CallEngine {
  readonly calls: Calls;
  close(): Promise<void>;
}

/** Parts of Daily's side to put in place of the configured ones. */
export interface DailyOverrides {
  readonly chromium?: ChromiumPath;
  readonly timeouts?: Partial<DailyTimeouts>;
  readonly load?: Partial<LoadLimits>;
  readonly callsInPageLife?: number;
  readonly restWithinMs?: number;
  /** Hears of the house when it is open. */
  readonly onOpen?: (house: DailyService) => void;
}

/** Pages replaced after so many calls: what daily-js leaves in a page then never adds up. */
const CALLS_IN_PAGE_LIFE = 24;
/** A page that takes longer to answer is on a machine that cannot do more. An idle one takes 2 ms. */
const MAX_PING_MS = 400;

/** @throws BotError `config_invalid` for an ICE server that cannot be one */
export async function createWebRtcEngine(
  config: Config,
  deps: CallDeps,
  timeouts?: Partial<WebRtcTimeouts>,
): Promise<CallEngine> {
  const { clock, ticker, logger } = deps;
  const gateway = await WebRtcGateway.create({
    ...config.webrtc,
    clock,
    ticker,
    logger,
    ...(timeouts === undefined ? {} : { timeouts }),
  });
  return {
    calls: new WebRtcCalls({ gateway, deps, maxCalls: config.call.maxCalls }),
    close: () => gateway.close(),
  };
}

/** Daily's engine; where it cannot be, one that says why and takes no calls. */
export async function createDailyEngine(
  config: Config,
  deps: CallDeps,
  pageDirectory: string,
  overrides: DailyOverrides = {},
): Promise<CallEngine> {
  const rooms = await openRooms(config, deps, pageDirectory, overrides);
  return {
    calls: new RoomCalls({ rooms, deps, maxCalls: config.call.maxCalls }),
    close: () => rooms.close(),
  };
}

async function openRooms(
  { daily, call }: Config,
  { clock, logger, metrics }: CallDeps,
  pageDirectory: string,
  overrides: DailyOverrides,
): Promise<CallRooms> {
  if (daily.apiKey === undefined) return new NoRooms('TRANSPORT is daily but DAILY_API_KEY is not set.');
  try {
    const house = await DailyService.open({
      apiKey: daily.apiKey,
      apiUrl: daily.apiUrl,
      bundleUrl: daily.bundleUrl,
      chromium: overrides.chromium ?? { configuredPath: daily.chromiumPath },
      pageDirectory,
      pool: {
        callsPerPage: daily.callsPerPage,
        pagesPerBrowser: daily.pagesPerBrowser,
        maxCalls: call.maxCalls,
        callsInPageLife: overrides.callsInPageLife ?? CALLS_IN_PAGE_LIFE,
      },
      load: { busyShare: daily.maxBusyShare, pingMs: MAX_PING_MS, ...overrides.load },
      maxCallMs: call.maxCallMs,
      ...(overrides.timeouts === undefined ? {} : { timeouts: overrides.timeouts }),
      ...(overrides.restWithinMs === undefined ? {} : { restWithinMs: overrides.restWithinMs }),
      clock,
      logger,
      onIncident: (what) => metrics.transportIncident(what),
    });
    overrides.onOpen?.(house);
    return house;
  } catch (error) {
    const failure = BotError.from(error);
    logger.error({ err: failure }, 'Daily calls cannot be had');
    return new NoRooms(failure.message);
  }
}
