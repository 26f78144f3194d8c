import { flag, integer, list, secretKey } from './variable-readers';

/* Who may start calls; a part of contract/variables.ts. */

/** `https://example.com`, as a browser writes an origin, or undefined. */
function origin(raw: string): string | undefined {
  if (raw === '*') return raw;
  if (!URL.canParse(raw)) return undefined;
  const parsed = new URL(raw);
  return ['http:', 'https:'].includes(parsed.protocol) && parsed.origin === raw.replace(/\/$/, '')
    ? parsed.origin
    : undefined;
}

/** Keys, origins, and how often. */
export const ACCESS_VARIABLES = {
  startApiKey: secretKey('START_API_KEY', {
    description: 'What a client must show to start a call. Without it anybody who reaches the port can.',
  }),
  serverApiKey: secretKey('SERVER_API_KEY', {
    description:
      'What a server of yours shows to set the variables of a call that no browser may set. It starts calls like START_API_KEY, and must be another: that one is typed into pages.',
  }),
  adminApiKey: secretKey('ADMIN_API_KEY', {
    description: "Opens the operator's view at /calls, which is off without it.",
  }),
  allowedOrigins: list(
    'ALLOWED_ORIGINS',
    'a list of origins such as https://example.com separated by commas, or *',
    origin,
    {
      defaultText: "the page's own",
      description: 'Other web pages that may start calls.',
    },
  ),
  startsPerMinute: integer('START_RATE_PER_MINUTE', {
    min: 1,
    max: 100_000,
    fallback: 20,
    description: 'Starts allowed per address (IPv6: per /56 network) and minute.',
  }),
  unansweredStarts: integer('UNANSWERED_STARTS_PER_CALLER', {
    min: 1,
    max: 1000,
    defaultText: '3, or half of MAX_CALLS where that is less',
    description:
      'Calls that a caller (an address, or a name that a back end gives) may have started at a time without being there yet; the other places stay for others. A back end that starts calls for many names them.',
  }),
  trustedProxies: integer('TRUSTED_PROXIES', {
    min: 0,
    max: 10,
    fallback: 0,
    description: "Proxies in front that may name the caller's address: 1 behind a load balancer.",
  }),
  startHops: integer('START_HOPS', {
    min: 0,
    max: 18,
    fallback: 0,
    description:
      'Behind a load balancer with several tasks: how often a start that this one cannot take is sent back (307) to find another, and how often what a telephone carrier says to the wrong task is handed on. Clients follow 20 redirects at most.',
  }),
  browserRedirect: flag('BROWSER_REDIRECT', {
    fallback: false,
    description:
      "With Daily: whether GET / starts a call and redirects the browser to its room, in Daily's page instead of ours.",
  }),
};
