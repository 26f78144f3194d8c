import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { Config } from '../config';
import { IPV6_PREFIX_BITS } from './rate-limit';

/**
 * The identity of a caller, for limits by caller. A back end that holds the start key knows its users and may name them
 * in `caller`; without a key anybody could claim to be anybody, so it is the address (IPv6: the /56 network).
 */
export function callerOf(req: Request, { access }: Config, named?: string | null): string {
  if (named !== undefined && named !== null && access.startApiKey !== undefined) return `named ${named}`;
  return `at ${ipKeyGenerator(req.ip ?? 'gone', IPV6_PREFIX_BITS)}`;
}
