import express, { type RequestHandler } from 'express';
import type { ZodType } from 'zod';
import { BotError } from '../errors';

/** Deeper than anything a client means; walking deep values by recursion would overflow the stack. */
const MAX_DEPTH = 32;
const MAX_ISSUES_TOLD = 3;

/** Reads up to `maxBytes` of JSON into `req.body`, undefined without a body. Refuses compressed bodies: they grow. */
export function readJson(maxBytes: number): RequestHandler[] {
  const requireJson: RequestHandler = (req, _res, next) => {
    const isEmpty = req.get('content-length') === '0';
    // `is` gives null where there is no body, false where it is of another type.
    if (!isEmpty && req.is(['application/json', 'application/*+json']) === false) {
      throw new BotError('unsupported_media_type', 'Send the body as JSON, with "Content-Type: application/json".');
    }
    next();
  };
  const parse = express.json({ limit: maxBytes, inflate: false, strict: true, type: () => true });
  const boundDepth: RequestHandler = (req, _res, next) => {
    if (isDeeperThan(req.body, MAX_DEPTH)) throw new BotError('bad_request', 'The body is nested too deep.');
    next();
  };
  return [requireJson, parse, boundDepth];
}

/** Checks a body. @throws BotError `bad_request`, which names fields and what is wrong with them, never a value */
export function checkBody<T>(schema: ZodType<T>, body: unknown): T {
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  const issues = checked.error.issues.slice(0, MAX_ISSUES_TOLD).map(({ path, message }) => {
    const place = path.length === 0 ? 'body' : path.join('.');
    return `${place}: ${message}`;
  });
  throw new BotError('bad_request', `The body is not as documented: ${issues.join('; ')}.`);
}

/** Whether there are more than `maxDepth` arrays and objects within each other; walks level by level, no recursion. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxDepth) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
