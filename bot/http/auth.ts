import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { BotError } from '../errors';

/** What a route does when the operator has set no key for it. */
export type WithoutKey = 'open' | 'closed';

/**
 * Requires `key`, sent as `Authorization: Bearer KEY` or `X-Api-Key: KEY`. The Pipecat client copies
 * the headers given for /start to its offers, so a page passes its key as a header of the start request; a key in a
 * URL would end up in logs of proxies.
 * @param alsoOpens another key that opens it, where there is one
 */
export function requireKey(
  key: string | undefined,
  variable: string,
  withoutKey: WithoutKey,
  alsoOpens?: string,
): RequestHandler {
  return (req, _res, next) => {
    if (key === undefined && withoutKey === 'open') {
      next();
      return;
    }
    if (key === undefined) throw new BotError('unauthorized', `This is off: ${variable} is not set.`);
    const shown = keysShownBy(req);
    if (shown.length === 0) {
      throw new BotError(
        'unauthorized',
        'A key is needed: send it as "Authorization: Bearer KEY" or "X-Api-Key: KEY".',
      );
    }
    if (![key, alsoOpens].some((right) => showsKey(req, right))) {
      throw new BotError('unauthorized', 'The key is not right.');
    }
    next();
  };
}

/** Whether a request shows `key`; nobody shows one that is not set. */
export function showsKey(req: Request, key: string | undefined): boolean {
  return key !== undefined && keysShownBy(req).some((one) => equalInConstantTime(one, key));
}

function keysShownBy(req: Request): string[] {
  const bearer = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
  return [bearer, req.get('x-api-key')].filter((key): key is string => key !== undefined && key !== '');
}

/** Compares digests, which are of one length, so that time tells neither the length nor a prefix of the key. */
function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
