import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import express, { type RequestHandler } from 'express';
import { speechIn } from '../../contract/languages/speech';
import { BotError } from '../errors';
import { setRoute } from './request-context';
import type { Routes } from './route';

/** A file with a digest in its name, as the client's build writes it: its content never changes. */
const HASHED_NAME = /[-.][A-Za-z0-9]{8,}\.(js|css|map|woff2|svg|png)$/;
const YEAR_S = 31_536_000;

/** What the built page says of its language. */
const BUILT_LANGUAGE = '<html lang="en">';
const PAGE_PATHS: readonly string[] = ['/', '/index.html'];

/**
 * The files of the client page as it was built, its language that of the agent (or of English texts, where there are no others);
 * what is none of them goes on to the next handler.
 */
export function servePage(pageDirectory: string, language: () => string): RequestHandler {
  const files = express.static(pageDirectory, {
    dotfiles: 'ignore',
    index: false,
    redirect: false,
    setHeaders: (res, path) => {
      const isHashed = HASHED_NAME.test(basename(path));
      res.setHeader('Cache-Control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  const page = join(pageDirectory, 'index.html');
  return async (req, res, next) => {
    setRoute(res, 'page');
    const isPage = ['GET', 'HEAD'].includes(req.method) && PAGE_PATHS.includes(req.path);
    const html = isPage ? await readFile(page, 'utf8').catch(() => undefined) : undefined;
    if (html === undefined) {
      files(req, res, next);
      return;
    }
    res.type('html').set('Cache-Control', 'no-cache');
    res.send(html.replace(BUILT_LANGUAGE, `<html lang="${speechIn(language()).tag}">`));
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
