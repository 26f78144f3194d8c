import { createHmac, timingSafeEqual } from 'node:crypto';

/** Older is a replay, or a clock that is wrong. */
const VALID_MS = 5 * 60_000;
/** Seconds and ms since 1970 are both seen in what Daily sends; as seconds this would be in the year 2286. */
const FIRST_IN_MS = 10_000_000_000;

/** What Daily said of itself in the headers of a request. */
interface DialInProof {
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
}

/**
 * Why this is not Daily's word of a call; undefined when it is. What is signed: the timestamp, a dot and the body, each as it
 * came. Source: docs.daily.co, pinless dial-in; what the header holds, in the code of others that take such calls.
 * @param body as it came, to the byte @param key as Daily has it, decoded
 */
export function whyNotDaily(
  { signature, timestamp }: DialInProof,
  body: Buffer,
  key: Buffer,
  nowMs: number,
): 'missing' | 'wrong' | 'old' | undefined {
  if (signature === undefined || signature === '' || timestamp === undefined || timestamp === '') return 'missing';
  const expected = Buffer.from(createHmac('sha256', key).update(`${timestamp}.`).update(body).digest('base64'));
  const shown = Buffer.from(signature);
  if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) return 'wrong';
  if (!/^\d{10,13}$/.test(timestamp)) return 'old';
  const stamp = Number(timestamp);
  const atMs = stamp < FIRST_IN_MS ? stamp * 1000 : stamp;
  return Math.abs(nowMs - atMs) > VALID_MS ? 'old' : undefined;
}
