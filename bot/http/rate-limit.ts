import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { BotError } from '../errors';

const WINDOW_MS = 60_000;
/** What one household or office gets at least: whoever has one IPv6 address can have all of these. */
export const IPV6_PREFIX_BITS = 56;

/** Allows `perMinute` requests an address and minute. Requests with a wrong key count, so keys cannot be guessed fast. */
export function limitStarts(perMinute: number): RequestHandler {
  return limit(perMinute, 'Too many starts from this address.');
}

/**
 * Lets an address fail `check` so often a minute, and then refuses it. Who passes is never refused: wrong keys that
 * somebody else at the address tries would lock out the right one.
 */
export function limitFailures(check: RequestHandler, perMinute: number): RequestHandler {
  const limited = limit(perMinute, 'Too many failed requests from this address.');
  return (req, res, next) => {
    const outcome = { passed: false };
    try {
      void check(req, res, () => (outcome.passed = true));
    } catch (refusal) {
      void limited(req, res, (tooMany?: unknown) => next(tooMany ?? refusal));
    }
    if (outcome.passed) next();
  };
}

function limit(perMinute: number, message: string): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // `ip` follows the number of trusted proxies and is missing once the caller has gone.
    keyGenerator: (req) => ipKeyGenerator(req.ip ?? 'gone', IPV6_PREFIX_BITS),
    // Its checks warn on the console of what the configuration has decided already.
    validate: false,
    handler: (_req, res, next) => {
      const retryAfterSeconds = Number(res.getHeader('Retry-After') ?? WINDOW_MS / 1000);
      next(new BotError('rate_limited', `${message} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds }));
    },
  });
}
