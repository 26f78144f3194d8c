import type { RequestHandler } from 'express';
import { HEALTH_PATH } from '../../contract/http';
import { notReady, transportFault } from './availability';
import type { HttpDependencies } from './dependencies';
import { queryOf } from './request-target';
import type { Routes } from './route';

const NOT_READY_RETRY_S = 5;

/**
 * `/health` says whether this process can serve and what it knows of its platform, without a request to anything else:
 * neither a service that is down nor a full process makes it fail, because whatever asks restarts what fails. `/ready`
 * says whether new calls may be sent here; `/ready?deep=1`, for operators, also asks the service whose rooms calls are
 * in. Target groups that replace failing targets must ask `/health`.
 */
export function healthRoutes(deps: HttpDependencies, operators: readonly RequestHandler[]): Routes {
  const { config, calls, fault, loopLag } = deps;
  const { required, secrets, missingOfAgents } = config.environment;
  const missing = [...config.environment.missing, ...missingOfAgents];
  const health: RequestHandler = (_req, res) => {
    const broken = fault();
    const { activeCalls, maxCalls, draining, agents } = calls.status;
    res.status(broken === undefined ? 200 : 503).json({
      status: broken === undefined ? 'ok' : 'failed',
      ...(broken === undefined ? {} : { detail: broken }),
      version: config.version,
      uptimeSeconds: Math.floor(process.uptime()),
      transport: config.transport,
      agents,
      checks: {
        dailyHelper: dailyCheck(deps),
        environment: { ok: missing.length === 0, required, missing },
        ...phoneCheck(config),
        activeBots: { ok: true, active: activeCalls, max: maxCalls, draining },
      },
      secrets,
      eventLoopLagMs: loopLag(),
    });
  };
  /** Requests without `deep=1` skip these handlers. */
  const ifDeep = (handlers: readonly RequestHandler[]): RequestHandler[] =>
    handlers.map((handler) => (req, res, next) => (isDeep(req.url) ? handler(req, res, next) : next()));
  const deepCheck: RequestHandler = async (_req, res, next) => {
    const found = await calls.deepCheck();
    if (found === undefined || found.ok) next();
    else res.status(503).json({ ready: false, reason: 'no_rooms', detail: found.detail });
  };
  const ready: RequestHandler = (_req, res) => {
    const not = notReady(config, calls.status);
    if (not === undefined) res.json({ ready: true });
    else
      res
        .set('Retry-After', String(NOT_READY_RETRY_S))
        .status(503)
        .json({ ready: false, ...not });
  };
  return { [HEALTH_PATH]: { GET: [health] }, '/ready': { GET: [...ifDeep([...operators, deepCheck]), ready] } };
}

function isDeep(url: string): boolean {
  return queryOf(url).get('deep') === '1';
}

/** Whether Daily can be had: its key, client and browser. Told in words; never fails the process. */
function dailyCheck({ config, calls }: HttpDependencies): { ok: boolean; detail: string } {
  if (config.transport !== 'daily') return { ok: true, detail: `not used: the transport is ${config.transport}` };
  const detail = transportFault(config);
  if (detail !== undefined) return { ok: false, detail };
  const { ok, detail: found } = calls.status.rooms ?? { ok: false, detail: 'not initialised' };
  return { ok, detail: found };
}

/** Whether the telephone has all that it cannot do without; nothing where none is wanted. */
function phoneCheck({ phone, environment }: HttpDependencies['config']): object {
  const { missingForPhone: missing } = environment;
  return phone === undefined && missing.length === 0 ? {} : { phone: { ok: missing.length === 0, missing } };
}
