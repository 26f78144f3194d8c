import type { TransportName } from '../contract/transports';
import { builtFolder } from './built-folder';
import { type CallDeps, CallManager, type CallService, WebRtcSignalling } from './call';
import type { Config } from './config';
import { BotError } from './errors';
import { type DailyOptions, DailyService } from './transport/daily';
import { noRooms } from './transport/no-rooms';
import type { CallRooms } from './transport/rooms';
import { WebRtcGateway } from './transport/webrtc';

/**
 * Opens a transport, and makes the calls over it.
 * @throws BotError `config_invalid` for what can only be seen now, such as an ICE server that cannot be one
 */
export type OpenCallService = (config: Config, deps: CallDeps) => Promise<CallService>;

/** A transport is its folder, its entry here, and its name in contract/transports.ts. */
export const CALL_SERVICES: Readonly<Record<TransportName, OpenCallService>> = {
  webrtc: async ({ webrtc }, deps) => {
    const { clock, ticker, telemetry } = deps;
    const gateway = await WebRtcGateway.create({ ...webrtc, clock, ticker, logger: telemetry.logger });
    const calls = new CallManager(deps);
    return {
      calls,
      lines: calls,
      signalling: new WebRtcSignalling(gateway, calls, clock),
      warmUp: () => gateway.warmUp(),
      close: () => gateway.close(),
    };
  },
  daily: async (config, deps) => callsInRooms(deps, await openDailyRooms(config, deps)),
};

export function callsInRooms(deps: CallDeps, rooms: CallRooms): CallService {
  const calls = new CallManager(deps, rooms);
  return {
    calls,
    lines: calls,
    answer: rooms.answer?.bind(rooms),
    dial: rooms.dial?.bind(rooms),
    close: () => rooms.close(),
  };
}

/** Pages replaced after so many calls: what daily-js leaves in a page then never adds up. */
const CALLS_IN_PAGE_LIFE = 24;
/** A page that takes longer to answer is on a machine that cannot do more. An idle one takes 2 ms. */
const MAX_PING_MS = 400;

/** Daily's rooms; where they cannot be had, a stand-in that says why and takes no calls. */
async function openDailyRooms(config: Config, deps: CallDeps): Promise<CallRooms> {
  const { apiKey } = config.daily;
  if (apiKey === undefined) return noRooms('TRANSPORT is daily but DAILY_API_KEY is not set.');
  try {
    return await DailyService.open(dailyOptions(config, deps, apiKey));
  } catch (error) {
    const failure = BotError.from(error);
    deps.telemetry.logger.error({ err: failure }, 'Daily calls cannot be had');
    return noRooms(failure.message);
  }
}

export function dailyOptions({ daily, call }: Config, deps: CallDeps, apiKey: string): DailyOptions {
  const { clock, telemetry } = deps;
  return {
    apiKey,
    apiUrl: daily.apiUrl,
    bundleUrl: daily.bundleUrl,
    chromium: { configuredPath: daily.chromiumPath },
    pageDirectory: builtFolder('daily-page'),
    pool: {
      callsPerPage: daily.callsPerPage,
      pagesPerBrowser: daily.pagesPerBrowser,
      maxCalls: call.maxCalls,
      callsInPageLife: CALLS_IN_PAGE_LIFE,
    },
    load: { busyShare: daily.maxBusyShare, pingMs: MAX_PING_MS },
    maxCallMs: call.maxCallMs,
    clock,
    telemetry,
  };
}
