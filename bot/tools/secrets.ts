import type { HeaderValue } from '../../contract/agent';

/** A shorter value is found in any text. */
const MIN_CHARS = 6;
const MASK = '***';

/** Takes secrets out of what a service answered, in the forms in which an echo has them. */
export function masked(text: string, secrets: Readonly<Record<string, string>>): string {
  const forms = Object.values(secrets)
    .filter((secret) => secret.length >= MIN_CHARS)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ]);
  return [...new Set(forms)].reduce((rest, form) => rest.replaceAll(form, MASK), text);
}

/** A header's value, as it is sent. */
export function headerText(value: HeaderValue, secrets: Readonly<Record<string, string>>): string {
  if (typeof value === 'string') return value;
  const { prefix, name } =
    value.kind === 'secret' ? { prefix: '', name: value.name } : { prefix: value.prefix, name: value.secret.name };
  return `${prefix}${secrets[name] ?? ''}`;
}
