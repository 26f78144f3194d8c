export type { CallEnd, CallerOptions, CallerTimings } from './caller';
export { Caller } from './caller';
export type { EarCounts } from './ear';
export * from './listen';
export type { LoggedMessage } from './message-log';
export type { Said, SpeechRateHz } from './mouth';
export { RefusedError } from './signalling';
export { Beat, nowMs } from './time';
