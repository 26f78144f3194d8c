import type { RequestHandler } from 'express';
import type { Telemetry } from '../telemetry/telemetry';
import type { Clock } from '../time/clock';
import { requestIdOf, routeOf } from './request-context';

const NAMED_METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Counts and times every request; what changes something is logged, what only looks is logged at debug, because load
 * balancers look all day. No address, no path, no header: only our own names.
 */
export function recordRequests({ logger, metrics }: Telemetry, clock: Clock): RequestHandler {
  return (req, res, next) => {
    const startedAtMs = clock.nowMs();
    const method = NAMED_METHODS.has(req.method) ? req.method : 'other';
    res.once('close', () => {
      const elapsedMs = clock.nowMs() - startedAtMs;
      const route = routeOf(res);
      const status = res.writableFinished ? res.statusCode : 499; // nginx's number for a client that did not wait
      metrics.httpAnswered(method, route, status, elapsedMs);
      const level = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'debug' : 'info';
      logger[level](
        { requestId: requestIdOf(res), method, route, status, elapsedMs: Math.round(elapsedMs * 10) / 10 },
        'request answered',
      );
    });
    next();
  };
}
