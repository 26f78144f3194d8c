import type { Request, RequestHandler } from 'express';
import { BotError } from '../errors';

const METHODS = 'GET, POST, PATCH, DELETE';
/** What a page sends when it names no headers of its own. */
const DEFAULT_HEADERS = 'Authorization, Content-Type, X-Api-Key, X-Request-Id';
/** A list of header names, as a browser writes it. */
const HEADER_LIST = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(, ?[A-Za-z0-9!#$%&'*+.^_`|~-]+)*$/;
const MAX_HEADER_LIST = 1024;
const PREFLIGHT_MAX_AGE_S = 600;
/** Methods that change nothing: a foreign page may send them, and cannot read the answer. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Allows pages of these origins to use the API, and refuses those of others: a browser would only keep the answer from
 * them, when the call has already started. Credentials are not allowed, because no cookies are used.
 */
export function allowOrigins(allowedOrigins: readonly string[]): RequestHandler {
  const allowsAll = allowedOrigins.includes('*');
  return (req, res, next) => {
    if (!allowsAll) res.vary('Origin');
    const origin = req.get('origin');
    if (origin === undefined || isOwnOrigin(req, origin)) {
      next();
      return;
    }
    const isPreflight = req.method === 'OPTIONS' && req.get('access-control-request-method') !== undefined;
    if (!allowsAll && !allowedOrigins.includes(origin)) {
      if (isPreflight || !SAFE_METHODS.has(req.method)) {
        throw new BotError('origin_refused', 'Pages of this origin may not use the API; see ALLOWED_ORIGINS.');
      }
      next();
      return;
    }
    res.set('Access-Control-Allow-Origin', allowsAll ? '*' : origin);
    res.set('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id');
    if (!isPreflight) {
      next();
      return;
    }
    res.set('Access-Control-Allow-Methods', METHODS);
    res.set('Access-Control-Allow-Headers', headersAsked(req));
    res.set('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_S));
    res.status(204).end();
  };
}

/** Whether the page came from this very host. The scheme is left out: a load balancer may have ended TLS. */
function isOwnOrigin(req: Request, origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === req.get('host')?.toLowerCase();
}

/** The headers the page wants to send, because an integrator may need any; malformed lists get the default. */
function headersAsked(req: Request): string {
  const asked = req.get('access-control-request-headers');
  return asked !== undefined && asked.length <= MAX_HEADER_LIST && HEADER_LIST.test(asked) ? asked : DEFAULT_HEADERS;
}
