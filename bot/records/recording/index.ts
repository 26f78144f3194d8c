export { CallRecorder } from './call-recorder';
