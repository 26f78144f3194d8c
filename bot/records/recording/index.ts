export { CallRecording } from './call-recording';
