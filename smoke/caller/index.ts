export type { BadLine } from './bad-line';
export type { CallEnd } from './caller';
export { Caller, NoPathError } from './caller';
export type { Recording, RecorderCounts } from './recorder';
export type { LoggedMessage } from './message-log';
export type { MediaPath } from './media-path';
export type { Said } from './microphone';
export { RefusedError } from './signalling';
export { Beat, nowMs } from './time';
