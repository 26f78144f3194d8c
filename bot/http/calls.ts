import type { Request, RequestHandler } from 'express';
import { BotError } from '../errors';
import type { HttpDependencies } from './dependencies';
import type { Routes } from './route';

/** The operator's view: which calls there are, and a way to end one. No token, no words of anybody. */
export function callsRoutes({ calls }: HttpDependencies, guards: readonly RequestHandler[]): Routes {
  return {
    '/calls': {
      GET: [...guards, (_req, res) => void res.json({ ...calls.status, calls: calls.list() })],
    },
    '/calls/:id': {
      GET: [...guards, (req, res) => void res.json(calls.get(idOf(req)))],
      DELETE: [
        ...guards,
        async (req, res) => {
          await calls.end(idOf(req), 'operator');
          res.status(204).end();
        },
      ],
    },
  };
}

/** @throws BotError `not_found` for what cannot be an id */
function idOf(req: Request): string {
  const id = req.params['id'];
  if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,128}$/.test(id)) {
    throw new BotError('not_found', 'There is no such call.');
  }
  return id;
}
