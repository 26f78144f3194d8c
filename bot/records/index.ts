export type { CallRecorder } from './call-recorder';
export { CallRecords } from './call-records';
export { CallRecording } from './recording/call-recording';
