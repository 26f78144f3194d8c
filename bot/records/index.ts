export type { CallRecorder } from './call-recorder';
export { CallRecords } from './call-records';
