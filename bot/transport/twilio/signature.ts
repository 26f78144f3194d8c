import { createHmac, timingSafeEqual } from 'node:crypto';

/** A form's fields as they came: a name may come more than once. */
export type FormFields = readonly (readonly [name: string, value: string])[];

/**
 * What Twilio signs: the URL, and of a form every name in order of its code points with its distinct values, nothing
 * between them. Source: https://www.twilio.com/docs/usage/security#validating-requests and twilio-node's webhooks.js.
 */
function signedText(url: string, fields: FormFields): string {
  const byName = new Map<string, Set<string>>();
  for (const [name, value] of fields) byName.set(name, (byName.get(name) ?? new Set()).add(value));
  const inOrder = [...byName.keys()].sort();
  return inOrder.reduce(
    (text, name) =>
      text +
      [...(byName.get(name) ?? [])]
        .sort()
        .map((one) => name + one)
        .join(''),
    url,
  );
}

export function signatureOf(authToken: string, url: string, fields: FormFields = []): string {
  return createHmac('sha1', authToken).update(signedText(url, fields), 'utf8').digest('base64');
}

/**
 * Whether `signature` is one of `authTokens` over `url`, as it is or in one of the forms that Twilio's back ends are known
 * to sign: with a slash behind the path, and with the port that the scheme implies.
 */
export function isSigned(signature: string, url: string, fields: FormFields, authTokens: readonly string[]): boolean {
  const given = Buffer.from(signature, 'latin1');
  const forms = formsOf(url);
  return authTokens.some((token) =>
    forms.some((form) => {
      const right = Buffer.from(signatureOf(token, form, fields), 'latin1');
      return right.length === given.length && timingSafeEqual(right, given);
    }),
  );
}

function formsOf(url: string): readonly string[] {
  const [, scheme = '', host = '', path = '', query = ''] = /^([a-z]+):\/\/([^/?]+)([^?]*)(\?.*)?$/.exec(url) ?? [];
  const hosts = /:\d+$/.test(host) ? [host] : [host, `${host}:${scheme === 'https' || scheme === 'wss' ? 443 : 80}`];
  const paths = path.endsWith('/') ? [path] : [path, `${path}/`];
  return hosts.flatMap((one) => paths.map((other) => `${scheme}://${one}${other}${query}`));
}
