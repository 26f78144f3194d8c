export { DAILY_HOSTS, resolverRules } from './browser/arguments';
export { type DailyOptions, DailyService } from './daily-service';
export { DAILY_TIMEOUTS } from './transport-options';
export { DailyTransport } from './transport';
