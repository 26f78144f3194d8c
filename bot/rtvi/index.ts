export type { RtviHandlers } from './client-requests';
export type { OutputSegment } from './output';
export { RtviSession } from './session';
export type { TypedTextLimits } from './typed-text-budget';
