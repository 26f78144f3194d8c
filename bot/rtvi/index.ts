export type { OutputSegment } from './output';
export { RtviSession } from './session';
