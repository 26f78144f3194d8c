import type { ErrorRequestHandler, IRouter, RequestHandler } from 'express';
import { BotError } from '../errors';
import { setRoute } from './request-context';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type ByMethod<Handler> = Partial<Record<Method, readonly Handler[]>>;

/** Paths with their methods' handlers; `onError` hears of what a method's handlers throw. */
export type Routes = Readonly<Record<string, ByMethod<RequestHandler> & { onError?: ByMethod<ErrorRequestHandler> }>>;

const METHOD_ADDERS = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;
const METHODS = Object.keys(METHOD_ADDERS) as Method[];

/**
 * Adds paths with all the methods they have. Any other method is refused with 405 and `Allow`; HEAD is answered as GET,
 * OPTIONS with `Allow`. What an API says is never cached.
 */
export function addRoutes(router: IRouter, routes: Routes): void {
  for (const [path, handlers] of Object.entries(routes)) addRoute(router, path, handlers);
}

function addRoute(router: IRouter, path: string, { onError = {}, ...handlers }: Routes[string]): void {
  const allowed = Object.keys(handlers).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const allow = [...allowed, 'OPTIONS'].join(', ');
  const route = router.route(path);
  route.all((_req, res, next) => {
    setRoute(res, path);
    res.set('Cache-Control', 'no-store');
    next();
  });
  for (const method of METHODS) {
    const own = handlers[method];
    if (own !== undefined) route[METHOD_ADDERS[method]](...own, ...(onError[method] ?? []));
  }
  route.options((_req, res) => void res.set('Allow', allow).status(204).end());
  route.all((_req, res) => {
    res.set('Allow', allow);
    throw new BotError('method_not_allowed', `This path takes ${allow}.`);
  });
}
