import { basename } from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import { BotError } from '../errors';
import { setRoute } from './request-context';
import { addRoutes } from './route';

/** A file with a digest in its name, as the client's build writes it: its content never changes. */
const HASHED_NAME = /[-.][A-Za-z0-9]{8,}\.(js|css|map|woff2|svg|png)$/;
const YEAR_S = 31_536_000;

/** The client page as it was built; without a build, `/` says how to make one. */
export function servePage(pageDirectory: string): Router {
  const router = Router();
  const files = express.static(pageDirectory, {
    dotfiles: 'ignore',
    index: 'index.html',
    redirect: false,
    setHeaders: (res, path) => {
      const isHashed = HASHED_NAME.test(basename(path));
      res.setHeader('Cache-Control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  router.use((req, res, next) => {
    setRoute(res, 'page');
    files(req, res, next);
  });
  const notBuilt: RequestHandler = () => {
    throw new BotError('not_found', 'The client page is not built: run "npm run build".');
  };
  addRoutes(router, { '/': { GET: [notBuilt] } });
  router.use((_req, res, next) => {
    setRoute(res, 'unmatched');
    next();
  });
  return router;
}
