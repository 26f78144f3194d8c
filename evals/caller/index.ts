export { callersVoice } from './callers-voice';
export { type HeardCall, heardFacts } from './heard-facts';
export { notedLine } from './noted-line';
export { withoutCall } from './refusal';
export type { CallRequest, CallWay, OpenLine, SpokenPart } from './way';
export { webRtcWay } from './webrtc';
