export { DAILY_HOSTS, resolverRules } from './browser/arguments';
export { findChromium } from './browser/chromium';
export { type DailyOptions, DailyService } from './daily-service';
export { whyNotDaily } from './telephone/signature';
export { DAILY_TIMEOUTS } from './transport-options';
export { DailyTransport } from './transport';
