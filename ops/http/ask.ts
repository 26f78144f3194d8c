import { parseJson } from '../cli/json';
import { Interrupted } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';

export interface HttpAnswer {
  readonly status: number;
  /** As JSON; undefined where it is none. */
  readonly body: unknown;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent: a form, or an object as JSON. */
  readonly body?: URLSearchParams | Readonly<Record<string, unknown>>;
  readonly withinMs?: number;
  /** Default: a redirect is no answer, because a header may hold a key. */
  readonly followsRedirects?: boolean;
  /** What an interrupted command says. */
  readonly done?: string;
}

/** The answer, or in words why there is none. @throws Interrupted */
export async function ask(url: string, options: AskOptions): Promise<HttpAnswer | string> {
  const { signal, method = 'GET', headers = {}, withinMs = 5_000, done = 'Nothing was changed.' } = options;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    const redirect = options.followsRedirects === true ? 'follow' : 'error';
    const response = await fetch(url, { method, redirect, signal: limit, ...sent(headers, options.body) });
    return { status: response.status, body: parseJson(await response.text()) };
  } catch (error) {
    if (signal.aborted) throw new Interrupted(done);
    const { name, message, cause } = readThrown(error);
    if (name === 'TimeoutError') return `none within ${withinMs / 1000} s`;
    return readThrown(cause).code || readThrown(cause).message || message;
  }
}

function sent(
  headers: Readonly<Record<string, string>>,
  body: AskOptions['body'],
): { headers: Record<string, string>; body?: URLSearchParams | string } {
  if (body === undefined) return { headers: { ...headers } };
  if (body instanceof URLSearchParams) return { headers: { ...headers }, body };
  return { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
