import { DAILY_RELAY_HOSTS, DAILY_WEB_HOSTS } from '../../../../contract/daily-hosts';

/**
 * Names a page may look up. Everything else, even an address in numbers such as that of a cloud's metadata service, does
 * not resolve; daily-js itself reports some failures to a host of ingest.sentry.io, which is not among them.
 */
export const DAILY_HOSTS: readonly string[] = [...DAILY_WEB_HOSTS, ...DAILY_RELAY_HOSTS];

/** The rules of Chromium's resolver: loopback and `hosts`, nothing else. */
export function resolverRules(hosts: readonly string[] = DAILY_HOSTS): string {
  return ['MAP * ~NOTFOUND', ...['127.0.0.1', ...hosts].map((host) => `EXCLUDE ${host}`)].join(', ');
}

/** Every switch has its reason; what puppeteer adds is for headless automation and is left as it is. */
export function chromiumArguments(options: { hosts?: readonly string[]; extra?: readonly string[] } = {}): string[] {
  return [
    // Containers give no user namespaces; what stands in for the sandbox is in docs/daily.md.
    '--no-sandbox',
    '--disable-gpu',
    '--disable-software-rasterizer', // a process less; the image has no SwiftShader
    '--disable-dev-shm-usage', // a container's /dev/shm may hold 64 MB only
    '--disk-cache-size=8388608', // as may its /tmp, which is memory; the call machine is worth keeping
    '--autoplay-policy=no-user-gesture-required',
    `--host-resolver-rules=${resolverRules(options.hosts)}`,
    '--renderer-process-limit=4',
    // Timers of a page in the background would be slowed down, and every page here is.
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-pings',
    '--disable-features=SpareRendererForSitePerProcess,MediaRouter,OptimizationHints,Translate,CertificateTransparencyComponentUpdater',
    ...(options.extra ?? []),
  ];
}
