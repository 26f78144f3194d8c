import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { AskedAgent, VariableGiver } from '../agents';
import type { Config, IceServer } from '../config';
import { BotError, type ErrorCode } from '../errors';
import type { Telemetry } from '../telemetry';
import { transportFault } from './availability';
import { showsKey } from './auth';
import { callerOf } from './caller';
import type { HttpDependencies } from './dependencies';
import { checkBody, readJson } from './json-body';
import { requestIdOf } from './request-context';
import type { Routes } from './route';
import { redirectToPeer } from './redirect-to-peer';

const MAX_BODY_BYTES = 64 * 1024;

/** What Pipecat's clients post; keys not named here are let through and ignored, as Pipecat's runner does. */
const startBody = z.object({
  transport: z.string().nullish(),
  caller: z.string().min(1).max(128).nullish(),
  agent: z.string().max(64).nullish(),
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  enableDefaultIceServers: z.boolean().nullish(),
  createDailyRoom: z.boolean().nullish(),
  dailyRoomProperties: z.looseObject({}).nullish(),
  dailyMeetingTokenProperties: z.looseObject({}).nullish(),
});

type StartBody = z.infer<typeof startBody>;

/** What a client is told of its call. */
interface Begun {
  readonly sessionId: string;
  /** Of the agent that answers, as a BCP 47 tag: for a client's own texts. */
  readonly language: string;
  readonly dailyRoom?: string;
  readonly dailyToken?: string;
  /** Where a client finds Daily's call machine, if not at Daily. */
  readonly dailyBundleUrl?: string;
  readonly iceConfig?: { readonly iceServers: readonly IceServer[] };
}

/** Guards of every route that may begin a call. */
export interface StartGuards {
  /** Limits attempts by address. */
  readonly limit: RequestHandler;
  /** Requires the start key. */
  readonly key: RequestHandler;
}

/**
 * `/start` takes a call. With Daily it names the room and the caller's token; with WebRTC the session, to whose address
 * the client then sends its offer. `/connect` is the older name: room and token have their older names there, too, and
 * a client that derives no address from it is told one.
 */
export function startRoutes(deps: HttpDependencies, guards: StartGuards): Routes {
  const { config, calls, telemetry } = deps;
  const takeCall = async (req: Request): Promise<Begun> => {
    const body = checkBody(startBody, req.body ?? {});
    checkTransport(body, config);
    const agent = askedAgent(body, showsKey(req, config.access.serverApiKey) ? 'server' : 'browser');
    const { sessionId, language, entrance } = await calls.start(callerOf(req, config, body.caller), agent);
    if (entrance !== undefined) {
      const { bundleUrl } = config.daily;
      const bundle = bundleUrl === undefined ? {} : { dailyBundleUrl: bundleUrl };
      return { sessionId, language, dailyRoom: entrance.url, dailyToken: entrance.token, ...bundle };
    }
    return { sessionId, language, ...iceFor(body, config) };
  };
  const before = [guards.limit, guards.key, redirectToPeer(deps), ...readJson(MAX_BODY_BYTES)];
  const onError = { POST: [recordRefusals(telemetry)] };
  const start: RequestHandler = async (req, res) => void res.json(await takeCall(req));
  const connect: RequestHandler = async (req, res) => {
    const begun = await takeCall(req);
    const { dailyRoom: room_url, dailyToken: token } = begun;
    if (room_url !== undefined) res.json({ ...begun, room_url, token });
    else res.json({ ...begun, webrtcRequestParams: { endpoint: offerAddress(req, begun.sessionId) } });
  };
  return { '/start': { POST: [...before, start], onError }, '/connect': { POST: [...before, connect], onError } };
}

/** `Calls` records these itself. */
const RECORDED_ELSEWHERE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'at_capacity',
  'draining',
  'model_down',
  'too_many_unanswered',
  'caller_limit_reached',
  'day_quota_reached',
]);

/** Counts and logs requests for calls that were refused before they reached `Calls`. */
export function recordRefusals(telemetry: Telemetry): ErrorRequestHandler {
  return (thrown: unknown, _req, res, next) => {
    if (thrown instanceof BotError && !RECORDED_ELSEWHERE.has(thrown.code)) {
      const { code } = thrown;
      const level = code === 'rate_limited' ? 'debug' : 'info';
      telemetry.record('callRefused', { requestId: requestIdOf(res), code }, level);
    }
    next(thrown);
  };
}

function askedAgent({ agent, variables }: StartBody, givenBy: VariableGiver): AskedAgent {
  return { name: agent ?? undefined, variables: variables ?? undefined, givenBy };
}

/** @throws BotError when the transport asked for is not the one served, or that one cannot be */
function checkTransport(body: StartBody, config: Config): void {
  const fault = transportFault(config);
  if (fault !== undefined) throw new BotError('transport_unavailable', fault);
  const asked = body.transport ?? (body.createDailyRoom === true ? 'daily' : config.transport);
  if (asked !== config.transport) {
    throw new BotError('bad_request', `The transport asked for is not available: this bot serves ${config.transport}.`);
  }
}

/** The servers the client should use, too, unless it says that it wants none. */
function iceFor(body: StartBody, { webrtc }: Config): { iceConfig?: { iceServers: readonly IceServer[] } } {
  if (webrtc.iceServers.length === 0 || body.enableDefaultIceServers === false) return {};
  return { iceConfig: { iceServers: webrtc.iceServers } };
}

/** A path for our own page; for a page of another origin, where a path would lead back to itself, the whole address. */
function offerAddress(req: Request, sessionId: string): string {
  const path = `/sessions/${sessionId}/api/offer`;
  const host = req.get('host');
  const origin = req.get('origin');
  if (origin === undefined || host === undefined) return path;
  if (URL.canParse(origin) && new URL(origin).host === host) return path;
  return `${req.protocol}://${host}${path}`;
}
