import type { RequestHandler } from 'express';
import type { Telemetry } from '../telemetry';
import type { Clock } from '../time';
import { requestIdOf, routeOf } from './request-context';

const NAMED_METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** nginx's number for a client that did not wait for the answer. */
const CLIENT_GONE = 499;

/**
 * Counts, times and logs every request: by method, route and status, with no address, path or header. Reads are logged
 * at debug, because load balancers ask all day; so are rate-limited requests, or a flood of starts would become a flood
 * of logs.
 */
export function recordRequests(telemetry: Telemetry, clock: Clock): RequestHandler {
  return (req, res, next) => {
    const startedAtMs = clock.nowMs();
    const method = NAMED_METHODS.has(req.method) ? req.method : 'other';
    res.once('close', () => {
      const durationMs = clock.nowMs() - startedAtMs;
      const route = routeOf(res);
      const status = res.writableFinished ? res.statusCode : CLIENT_GONE;
      const isQuiet = status === 429 || (READING.has(method) && status < 500);
      const fields = { requestId: requestIdOf(res), method, route, status, durationMs };
      telemetry.record('httpRequest', fields, isQuiet ? 'debug' : 'info');
    });
    next();
  };
}
