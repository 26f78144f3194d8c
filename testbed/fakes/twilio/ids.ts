import { randomBytes } from 'node:crypto';

/** Kinds of resources: accounts, calls, streams, numbers, API keys, conferences. */
export type SidPrefix = 'AC' | 'CA' | 'MZ' | 'PN' | 'SK' | 'CF';

/** A string identifier as Twilio makes them: the kind, and 32 hexadecimal digits. */
export function newSid(prefix: SidPrefix): string {
  return `${prefix}${randomBytes(16).toString('hex')}`;
}
