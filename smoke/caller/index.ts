export type { CallEnd, CallerOptions, CallerTimings } from './caller';
export { Caller } from './caller';
export type { RecorderCounts } from './recorder';
export * from './audio-analysis';
export type { LoggedMessage } from './message-log';
export type { Said, SpeechRateHz } from './microphone';
export { RefusedError } from './signalling';
export { Beat, nowMs } from './time';
