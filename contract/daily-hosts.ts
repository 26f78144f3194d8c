/**
 * Where Daily serves its call machine from, and where its calls are signalled. Sources: the fallbacks in daily-js 0.92.2;
 * https://docs.daily.co/guides/privacy-and-security/corporate-firewalls-nats-allowed-ip-list
 */
export const DAILY_WEB_HOSTS = ['*.daily.co', '*.dailywebrtc.com', '*.dailywebrtc.net', '*.pluot.blue'] as const;

/** The STUN and TURN servers that its calls use. Source: as above. */
export const DAILY_RELAY_HOSTS = ['stun.cloudflare.com', 'turn.cloudflare.com', '*.twilio.com'] as const;

/** What a page of ours may load beyond its own server. */
export interface PageSources {
  readonly scripts: readonly string[];
  readonly workers: readonly string[];
  readonly connections: readonly string[];
}

export const NO_SOURCES: PageSources = { scripts: [], workers: [], connections: [] };

/**
 * What Daily's call machine needs, as a script and not by `eval` (daily-js's `avoidEval`); it makes its workers and
 * worklets from blobs. Source: https://docs.daily.co/guides/privacy-and-security/content-security-policy
 */
export function dailySources(bundleUrl: string | undefined): PageSources {
  const own = bundleUrl === undefined ? [] : [new URL(bundleUrl).origin];
  const hosts = [...DAILY_WEB_HOSTS.map((host) => `https://${host}`), ...own];
  return {
    scripts: [...hosts, 'blob:'],
    workers: ['blob:'],
    // A source of https says nothing of wss.
    connections: [...hosts, ...hosts.map((host) => host.replace(/^http/, 'ws'))],
  };
}
