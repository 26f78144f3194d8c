import { basename } from 'node:path';
import express, { type RequestHandler } from 'express';
import { BotError } from '../errors';
import { setRoute } from './request-context';
import type { Routes } from './route';

/** A file with a digest in its name, as the client's build writes it: its content never changes. */
const HASHED_NAME = /[-.][A-Za-z0-9]{8,}\.(js|css|map|woff2|svg|png)$/;
const YEAR_S = 31_536_000;

/** The files of the client page as it was built; what is none of them goes on to the next handler. */
export function servePage(pageDirectory: string): RequestHandler {
  const files = express.static(pageDirectory, {
    dotfiles: 'ignore',
    index: 'index.html',
    redirect: false,
    setHeaders: (res, path) => {
      const isHashed = HASHED_NAME.test(basename(path));
      res.setHeader('Cache-Control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  return (req, res, next) => {
    setRoute(res, 'page');
    files(req, res, next);
  };
}

/** What `/` says where there is no built page. */
export const pageNotBuilt: Routes = {
  '/': {
    GET: [
      () => {
        throw new BotError('not_found', 'The client page is not built: run "npm run build".');
      },
    ],
  },
};
