import { createHmac } from 'node:crypto';

/**
 * What shows a webhook that a body is ours and when it was sent (EVENT_SIGNATURE_HEADER).
 * @param keys one, or two while they change
 */
export function signatureOf(epochMs: number, body: string, keys: readonly string[]): string {
  const seconds = Math.floor(epochMs / 1000);
  const signatures = keys.map((key) => `v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`);
  return [`t=${seconds}`, ...signatures].join(',');
}
