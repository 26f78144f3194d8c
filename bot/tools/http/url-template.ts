import { ToolFailure } from '../tool';

type Values = Readonly<Record<string, unknown>>;

/** A URL with `{argument}` and `{variables.name}` in its path and query, and what stands in it. */
export interface FilledUrl {
  readonly url: URL;
  /** Arguments that the template names. */
  readonly used: ReadonlySet<string>;
}

const PLACEHOLDER = /\{([^{}]+)\}/g;
/** What would lead a path elsewhere once somebody decodes it. */
const LEADS_ELSEWHERE = /[/\\]|%2f|%5c|\.\./i;
// oxlint-disable-next-line no-control-regex -- what a header or a log would break at
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Fills a template; each value is percent-encoded.
 * @throws ToolFailure `tool_arguments_invalid` for a value that is missing or would lead elsewhere
 */
export function fillUrl(template: string, args: Values, variables: Values): FilledUrl {
  const used = new Set<string>();
  const [path = '', ...queries] = template.split('?');
  const fill = (part: string, isPath: boolean): string =>
    part.replaceAll(PLACEHOLDER, (_, name: string) => {
      const isVariable = name.startsWith('variables.');
      if (!isVariable) used.add(name);
      const value = isVariable ? variables[name.slice('variables.'.length)] : args[name];
      return encodeURIComponent(checked(name, value, isPath));
    });
  const query = queries.length === 0 ? '' : `?${fill(queries.join('?'), false)}`;
  return { url: new URL(`${fill(path, true)}${query}`), used };
}

/** Adds what the template does not name. A list is given once for each of its items. */
export function addQuery(url: URL, values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) url.searchParams.append(name, asText(one));
  }
}

function checked(name: string, value: unknown, isPath: boolean): string {
  const text = value === undefined || value === null ? '' : asText(value);
  const isRefused = CONTROL.test(text) || (isPath && (text === '' || text === '.' || LEADS_ELSEWHERE.test(text)));
  if (!isRefused) return text.replaceAll(/\p{Surrogate}/gu, '');
  const rule = text === '' ? 'is missing' : 'must be plain text without "/", "\\" and ".."';
  throw new ToolFailure(`${name}: ${rule}`, { code: 'tool_arguments_invalid' });
}

function asText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
