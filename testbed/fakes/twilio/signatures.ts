import { createHmac } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import type { SignatureForm } from './types';

const OTHER_TOKEN = '00000000000000000000000000000000';

/**
 * The headers that sign a request, by Twilio's official library wherever the form is one that Twilio makes.
 * @param tokens the primary auth token, which signs, and the second one
 * @param url as the public knows it
 * @param parameters of a form body; none for GET and upgrades
 */
export function signatureHeaders(
  tokens: readonly [string, ...string[]],
  url: string,
  parameters: Readonly<Record<string, string>>,
  form: SignatureForm,
): Record<string, string> {
  const signature = signatureOf(tokens, url, parameters, form);
  if (signature === undefined) return {};
  if (form !== 'shared-key') return { 'X-Twilio-Signature': signature };
  return {
    'X-Twilio-Signature': signature,
    'X-Twilio-Webhooks-Signature-Settings': 'key=WK0123456789abcdef,algorithm=HMAC_SHA256',
  };
}

/** The signature alone; undefined where the form has none. */
export function signatureOf(
  [primary, second = OTHER_TOKEN]: readonly [string, ...string[]],
  url: string,
  parameters: Readonly<Record<string, string>>,
  form: SignatureForm,
): string | undefined {
  const sign = (token: string, of: string): string => getExpectedTwilioSignature(token, of, parameters);
  switch (form) {
    case 'plain':
      return sign(primary, url);
    case 'with-slash':
      return sign(primary, withSlash(url));
    case 'with-port':
      return sign(primary, withPort(url));
    case 'second-token':
      return sign(second, url);
    case 'https':
      return sign(primary, url.replace(/^ws/, 'http'));
    case 'other-token':
      return sign(OTHER_TOKEN, url);
    case 'other-url':
      return sign(primary, `${url}x`);
    case 'missing':
      return undefined;
    case 'garbage':
      return 'no base64, and no signature either';
    case 'shared-key': {
      // Over the same text, with SHA-256: what 6.2.0 of the library cannot make.
      const sorted = Object.keys(parameters).sort();
      const text = sorted.reduce((sum, key) => `${sum}${key}${parameters[key] ?? ''}`, url);
      return createHmac('sha256', primary).update(text).digest('base64');
    }
  }
}

/** The path ends in a slash; a query stays behind it. */
function withSlash(url: string): string {
  const [path = '', query] = url.split('?');
  return `${path}/${query === undefined ? '' : `?${query}`}`;
}

function withPort(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^(\w+):\/\/([^/]+)(.*)$/s.exec(url) ?? [];
  if (/:\d+$/.test(host)) return url;
  return `${scheme}://${host}:${scheme === 'https' || scheme === 'wss' ? 443 : 80}${rest}`;
}
