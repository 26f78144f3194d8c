import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from './caller-number';

/** What a call's stream was offered for. No number is in it: paths reach the logs of proxies. */
export interface StreamOffer {
  /** The carrier's name of the call, and of our account. */
  readonly callSid: string;
  readonly accountSid: string;
  readonly direction: 'in' | 'out';
  /** The first offer of a call is 1. */
  readonly attempt: number;
  /** Who calls, or is called. */
  readonly caller: Caller;
  /** Who is to answer; undefined: whoever does by default. */
  readonly agent: string | undefined;
  /** The call's data, readable by us alone; of calls that the bot makes. */
  readonly box: string | undefined;
}

export interface SignedOffer extends StreamOffer {
  /** When it was made, since 1970. */
  readonly issuedMs: number;
}

/** From the offer to the upgrade. */
const LIFE_MS = 30_000;
/** Clocks of two tasks may differ by so much. */
const SKEW_MS = 2_000;
/** With a box; without one it is about 300. */
const MAX_LENGTH = 2_048;

const payload = z.strictObject({
  v: z.literal(1),
  c: z.string().max(64),
  a: z.string().max(64),
  d: z.enum(['in', 'out']),
  t: z.int().min(1).max(99),
  n: z.string().max(64),
  w: z.boolean(),
  g: z.string().max(64).optional(),
  b: z.string().max(1_200).optional(),
  iat: z.int().min(0),
});

const signed = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** `payload.signature`, both in base64url: a segment of a path. */
export function signOffer(offer: StreamOffer, issuedMs: number, signingKey: Buffer): string {
  const { callSid: c, accountSid: a, direction: d, attempt: t, agent: g, box: b } = offer;
  const { key: n, isWithheld: w } = offer.caller;
  const fields = { v: 1, c, a, d, t, n, w, g, b, iat: Math.floor(issuedMs) };
  const text = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `${text}.${signed(signingKey, text).toString('base64url')}`;
}

/** @returns what was offered, however long ago; undefined for what no one of `keys` has signed. Never throws. */
export function readOffer(token: string, keys: readonly Buffer[]): SignedOffer | undefined {
  const [text, signature, ...rest] = token.length > MAX_LENGTH ? [] : token.split('.');
  if (text === undefined || signature === undefined || rest.length > 0) return undefined;
  const given = Buffer.from(signature, 'base64url');
  // What decodes to the same bytes is another token all the same: each has one spelling.
  if (given.toString('base64url') !== signature) return undefined;
  const isOurs = keys.some((key) => {
    const right = signed(key, text);
    return right.length === given.length && timingSafeEqual(right, given);
  });
  if (!isOurs) return undefined;
  try {
    const { c, a, d, t, n, w, g, b, iat } = payload.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    const caller = { key: n, isWithheld: w };
    return { callSid: c, accountSid: a, direction: d, attempt: t, caller, agent: g, box: b, issuedMs: iat };
  } catch {
    return undefined;
  }
}

/** Whether an offer may still be taken up. */
export function isFresh({ issuedMs }: SignedOffer, nowMs: number): boolean {
  return nowMs - issuedMs <= LIFE_MS && issuedMs - nowMs <= SKEW_MS;
}
