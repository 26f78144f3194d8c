import type { Request } from 'express';

/** Programs that fetch a page because somebody linked to it: search engines, and previews in chats and mails. */
const CRAWLER =
  /bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|discord|slack|skype|teams|linkedin|pinterest|embedly|vkshare|curl|wget|python|go-http|java\/|okhttp|node|axios|headlesschrome|lighthouse|monitor|uptime/i;

/**
 * Whether a browser navigates here because a person asked it to: only then may fetching a page begin a call.
 * Browsers say so in Fetch Metadata (https://www.w3.org/TR/fetch-metadata/), which they send over https and to
 * loopback; prefetches and previews say otherwise, or nothing.
 */
export function isPersonNavigating(req: Request): boolean {
  const header = (name: string): string => req.get(name)?.toLowerCase() ?? '';
  if (req.method !== 'GET') return false;
  // Without it, a page of anybody's may have led here by a script.
  if (header('sec-fetch-user') !== '?1') return false;
  if (header('sec-fetch-mode') !== 'navigate' || header('sec-fetch-dest') !== 'document') return false;
  const ahead = `${header('sec-purpose')} ${header('purpose')} ${header('x-moz')}`;
  if (/prefetch|prerender|preview/.test(ahead)) return false;
  return !CRAWLER.test(req.get('user-agent') ?? '');
}
