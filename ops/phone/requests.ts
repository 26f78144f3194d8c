import { createHmac } from 'node:crypto';
import { TWILIO_PATH } from '../../contract/http';

/** Where Twilio asks what becomes of a call, and where it tells what became of one. */
export const PATHS = { voice: `${TWILIO_PATH}voice`, status: `${TWILIO_PATH}status` } as const;

/**
 * Signs a form as Twilio does: the URL, then every name in order with its value.
 * Source: https://www.twilio.com/docs/usage/security#validating-requests
 */
export function signatureOf(authToken: string, url: string, form: Readonly<Record<string, string>>): string {
  const text = Object.keys(form)
    .sort()
    .reduce((all, name) => `${all}${name}${form[name] ?? ''}`, url);
  return createHmac('sha1', authToken).update(text).digest('base64');
}
