export { callersVoice } from './callers-voice';
export type { CallRequest, CallWay, OpenLine } from './way';
export { webRtcWay } from './webrtc';
