/**
 * Where Daily serves its call machine from, and where its calls are signalled. Sources: the fallbacks in daily-js 0.92.2;
 * https://docs.daily.co/guides/privacy-and-security/corporate-firewalls-nats-allowed-ip-list
 */
export const DAILY_WEB_HOSTS = ['*.daily.co', '*.dailywebrtc.com', '*.dailywebrtc.net', '*.pluot.blue'] as const;

/** The STUN and TURN servers that its calls use. Source: as above. */
export const DAILY_RELAY_HOSTS = ['stun.cloudflare.com', 'turn.cloudflare.com', '*.twilio.com'] as const;
