import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

/** Long enough to be unique, short enough for a log; an alphabet that cannot forge a log line or a header. */
const ACCEPTABLE_ID = /^[A-Za-z0-9._:-]{8,64}$/;

interface RequestContext {
  requestId: string;
  /** The pattern of the route that took the request. */
  route: string | undefined;
}

/** Gives every request an id: the caller's `X-Request-Id` if it is well formed, else a new one; told in the reply. */
export function assignRequestId(): RequestHandler {
  return (req, res, next) => {
    const offered = req.get('x-request-id');
    const requestId = offered !== undefined && ACCEPTABLE_ID.test(offered) ? offered : randomUUID();
    const context: RequestContext = { requestId, route: undefined };
    Object.assign(res.locals, context);
    res.set('X-Request-Id', requestId);
    next();
  };
}

export function requestIdOf(res: Response): string {
  return contextOf(res).requestId;
}

/** The pattern of the route, or `unmatched`: never the path, which anyone may choose. */
export function routeOf(res: Response): string {
  return contextOf(res).route ?? 'unmatched';
}

export function setRoute(res: Response, route: string): void {
  contextOf(res).route = route;
}

function contextOf(res: Response): RequestContext {
  // `assignRequestId` runs before everything else; express types locals as a record of anything.
  return res.locals as RequestContext;
}
