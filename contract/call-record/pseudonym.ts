import { createHmac } from 'node:crypto';

/** How callers by telephone are named within the bot: by a keyed hash of their number already. */
const BY_TELEPHONE = /^phone ([\w-]{16})$/;

/**
 * What a record calls a caller by: the same for all calls of one, and no way back to a number, an address or a name.
 * @param caller what tells callers apart in the bot
 * @param key of the deployment; without one only callers by telephone have a pseudonym, made with the telephone's key
 */
export function callerPseudonym(caller: string, key: string | undefined): string | undefined {
  const [, hash] = BY_TELEPHONE.exec(caller) ?? [];
  if (hash !== undefined) return `phone-${hash}`;
  if (key === undefined) return undefined;
  return `caller-${createHmac('sha256', key).update(`caller ${caller}`).digest('base64url').slice(0, 16)}`;
}
