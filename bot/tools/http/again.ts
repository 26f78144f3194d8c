import { ToolFailure } from '../tool';

const MAX_REDIRECTS = 2;
const MAX_RETRY_AFTER_MS = 2_000;

/**
 * What is answered at the end of redirects.
 * @throws ToolFailure for one to another host, off HTTPS, of a request that changes something, and for the third
 */
export async function followed(url: URL, isRead: boolean, send: (url: URL) => Promise<Response>): Promise<Response> {
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await send(at);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    const target = URL.canParse(location, at) ? new URL(location, at) : undefined;
    const isHome = target?.host === url.host && target.protocol === url.protocol && target.username === '';
    if (!isRead || !isHome) {
      const reason = `redirected to ${target?.host ?? 'an address that is none'}`;
      throw new ToolFailure('The service has moved and was not reached.', { reason });
    }
    at = target;
  }
  throw new ToolFailure('The service has moved and was not reached.', { reason: 'redirected too often' });
}

/** How long a service that is busy asks to be left alone, if that is short; undefined: it does not, or for too long. */
export function retryAfterMs({ status, headers }: Response): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const seconds = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d{1,3}$/.test(seconds) ? Number(seconds) * 1_000 : Infinity;
  return ms <= MAX_RETRY_AFTER_MS ? ms : undefined;
}
