import type { ErrorRequestHandler, IRouter, RequestHandler } from 'express';
import { BotError } from '../errors';
import { setRoute } from './request-context';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type ByMethod<Handler> = Partial<Record<Method, readonly Handler[]>>;

const METHOD_ADDERS = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;

/**
 * Adds a path with all the methods it has. Any other method is refused with 405 and `Allow`; HEAD is answered as GET,
 * OPTIONS with `Allow`. What an API says is never cached. `onError` hears of what a method's handlers throw.
 */
export function addRoute(
  router: IRouter,
  path: string,
  handlers: ByMethod<RequestHandler>,
  onError: ByMethod<ErrorRequestHandler> = {},
): void {
  const allowed = Object.keys(handlers).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const allow = [...allowed, 'OPTIONS'].join(', ');
  const route = router.route(path);
  route.all((_req, res, next) => {
    setRoute(res, path);
    res.set('Cache-Control', 'no-store');
    next();
  });
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE'] as const) {
    const add = METHOD_ADDERS[method];
    const own = handlers[method];
    if (own !== undefined) route[add](...own, ...(onError[method] ?? []));
  }
  route.options((_req, res) => void res.set('Allow', allow).status(204).end());
  route.all((_req, res) => {
    res.set('Allow', allow);
    throw new BotError('method_not_allowed', `This path takes ${allow}.`);
  });
}
