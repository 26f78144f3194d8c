import type { RequestListener } from 'node:http';
import { BotError } from '../errors';
import { answerWith } from './problem';

/**
 * Gives the app the path and query alone, in whatever form the client wrote its target; what has none, or no Host, is
 * refused here, because Express would answer in HTML, and Node with nothing. A server must take the absolute form, too:
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
export function withOriginForm(listener: RequestListener): RequestListener {
  return (req, res) => {
    const target = originForm(req.url ?? '');
    if (target === undefined) {
      answerWith(res, new BotError('bad_request', 'The request target is neither a path nor an http address.'));
      return;
    }
    if (req.headers.host === undefined && req.httpVersion === '1.1') {
      answerWith(res, new BotError('bad_request', 'The request has no Host header.'));
      return;
    }
    req.url = target;
    listener(req, res);
  };
}

function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** The query of a path; of anything. */
export function queryOf(target: string): URLSearchParams {
  const start = target.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : target.slice(start + 1));
}
